"""`reasoner selftest gate`: how often the gate errs, measured with students whose worth is known."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from reasoner.config.settings import GateSettings, Settings
from reasoner.types.problem import Problem
from reasoner.types.record import Record
from reasoner.types.report import Rate
from reasoner.types.teaching import Lesson, TeacherCall, WrittenProblem

if TYPE_CHECKING:
    import numpy as np

    from agents.withholding import HeldOut
    from reasoner.evaluation.gate_selftest import Change, Cycle

GAINS = (2, 5, 10)
"""Points of a true gain whose discovery is measured."""
HARM = -10
"""Points by which a sabotaged candidate is worse."""
LEAKED = 100
"""Items of each of two sets that are given to a teacher's mouth, in each of three forms."""
MOST_FALSE = 0.05
Watch = Callable[[float, str], None]


class GateSelftest(Record):
    """What the gate did."""

    horizons: int
    cycles: int
    items: int
    false_promotion: Rate
    """Runs in which a candidate as good as its champion, item by item, was promoted at least once."""
    bare_rule: Rate
    """The same had `solved more` been enough."""
    false_veto: Rate
    """Such candidates that a skill or difficulty rejected."""
    sabotage_refused: Rate
    """Candidates ten points worse that were not promoted."""
    lost_skill_refused: Rate
    """Candidates better in all skills but one, of which a fifth is left, that were not promoted."""
    found: dict[str, Rate]
    """Candidates that are better by so many points and were promoted in the first cycle."""
    leaks_refused: Rate
    """Sealed and gate questions in a teacher's lesson that the check refused."""
    let_in: Rate
    """Practice problems in a teacher's lesson that it accepted."""

    @property
    def passed(self) -> bool:
        """Whether every bar is met; that of false promotions unless the whole interval lies above it."""
        refused = (self.sabotage_refused, self.lost_skill_refused, self.leaks_refused)
        return self.false_promotion.ci95[0] <= MOST_FALSE and all(r.right == r.n for r in refused)


def selftest_gate(
    settings: Settings, *, horizons: int, cycles: int, items: int, watch: Watch = lambda _share, _note: None
) -> GateSelftest:
    """Runs the gate on simulated students, and the check on leaked answers.

    Args:
        settings: `gate` and `seed`; its problems are what is leaked.
        horizons: simulated runs.
        cycles: of each.
        items: of a gate set.
        watch: told share done, 0 to 1, and a note.
    """
    import numpy as np

    from reasoner.evaluation import gate_selftest as simulated
    from reasoner.evaluation.statistics import rate

    rng = np.random.default_rng(settings.seed)

    def over_cycles(change: "Change", note: str, begin: float) -> "list[Cycle]":
        told = []
        for cycle in range(1, cycles + 1):
            told.append(_one(rng, change, horizons, cycle, items, settings.gate))
            watch(begin + 0.25 * cycle / cycles, note)
        return told

    equal = over_cycles(simulated.same, "champion against itself", 0.0)
    worse = over_cycles(simulated.shifted(HARM), "sabotaged candidates", 0.25)
    lost = over_cycles(simulated.one_skill_lost, "candidates that lose a skill", 0.5)
    better = {str(g): _one(rng, simulated.shifted(g), horizons, 1, items, settings.gate) for g in GAINS}
    watch(0.8, "leaked answers")
    flagged, let_in = _leaks(settings)
    every = horizons * cycles
    return GateSelftest(
        horizons=horizons,
        cycles=cycles,
        items=items,
        false_promotion=rate(_runs_with([[v == "promote" for v in c.verdicts] for c in equal]), horizons),
        bare_rule=rate(_runs_with([c.bare for c in equal]), horizons),
        false_veto=rate(sum(c.verdicts.count("reject") for c in equal), every),
        sabotage_refused=rate(every - sum(c.verdicts.count("promote") for c in worse), every),
        lost_skill_refused=rate(every - sum(c.verdicts.count("promote") for c in lost), every),
        found={name: rate(c.verdicts.count("promote"), horizons) for name, c in better.items()},
        leaks_refused=flagged,
        let_in=let_in,
    )


def _one(
    rng: "np.random.Generator", change: "Change", runs: int, cycle: int, items: int, gate: GateSettings
) -> "Cycle":
    from reasoner.evaluation.gate_selftest import examine

    return examine(rng, change, runs=runs, cycle=cycle, items=items, gate=gate)


def _runs_with(cycles: Sequence[Sequence[bool]]) -> int:
    """How many runs it happened in, in any cycle."""
    return sum(any(of_run) for of_run in zip(*cycles, strict=True))


def _leaks(settings: Settings) -> tuple[Rate, Rate]:
    """How many reported questions the loop's own check refuses from a teacher, and how many practice ones it takes."""
    from agents.withholding import HeldOut
    from reasoner.data.held_out import HeldOutQuestions
    from reasoner.data.sources import open_source
    from reasoner.evaluation.statistics import rate

    source = open_source(settings)
    sealed, gate, practice = source.sealed(), source.gate(1), source.practice(1)
    held_out = HeldOut(HeldOutQuestions(p.question for p in (*sealed, *gate)))
    leaks = [form(p) for p in (*sealed[:LEAKED], *gate[:LEAKED]) for form in (_as_is, _shouted, _by_another_way)]
    ask = practice[0]
    flagged = sum(not _accepted(written, ask, settings, held_out) for written in leaks)
    honest = [_as_is(p) for p in practice[1 : LEAKED + 1]]
    taken = sum(_accepted(written, ask, settings, held_out) for written in honest)
    return rate(flagged, len(leaks)), rate(taken, len(honest))


def _accepted(written: WrittenProblem, ask: Problem, settings: Settings, held_out: "HeldOut") -> bool:
    """Whether the check takes a problem from a lesson about another."""
    from agents.checking import check_lesson
    from reasoner.domains.registry import get_domain

    lesson = Lesson(critique="", steps=list(ask.steps), answer=ask.answer, problems=[written])
    call = TeacherCall(
        id="selftest",
        model="selftest",
        problem_id=ask.id,
        state="done",
        cached=False,
        lesson=lesson,
        error="",
        prompt_tokens=0,
        completion_tokens=0,
        usd=0.0,
        seconds=0.0,
        requests=0,
    )
    domain = get_domain(settings.task.name)
    checked = check_lesson(call, ask, domain, held_out=held_out, run="selftest", cycle=1)
    return checked.verdicts[1].accepted


def _as_is(problem: Problem) -> WrittenProblem:
    return WrittenProblem(question=problem.question, steps=list(problem.steps), answer=problem.answer)


def _shouted(problem: Problem) -> WrittenProblem:
    return _as_is(problem.model_copy(update={"question": f"  {problem.question.upper()}"}))


def _by_another_way(problem: Problem) -> WrittenProblem:
    """The first step twice: another solution of the same question has another structure."""
    return _as_is(problem.model_copy(update={"steps": (problem.steps[0], *problem.steps)}))
