"""What a run is about to work with, said before anything is trained or paid: task, student, what both can and may cost.

Looks beside those of `preflight`, in the same record. A student that is there already (a model, a checkpoint) is asked
some practice rows, never gate or sealed ones; one that cycle 0 trains cannot be, and chance and the commonest answer
stand in its place. Nothing measured here decides anything.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agents.reporting.figures import dollars, duration, interval, percent, points
from reasoner.bootstrap.home import home_at
from reasoner.bootstrap.judging import rules_of
from reasoner.bootstrap.run_parts import source_of
from reasoner.bootstrap.student_sizes import ROWS_A_LABEL
from reasoner.config.packages import MINILM
from reasoner.config.settings import Settings
from reasoner.domains.powers import offered
from reasoner.domains.registry import get_domain
from reasoner.domains.rows.domain import RowsDomain
from reasoner.evaluation.alpha import alpha_of_cycle
from reasoner.evaluation.plan import LOSS_RATE, POWER, PriceOf, expected_calls
from reasoner.evaluation.statistics import rate, smallest_detectable_gain
from reasoner.storage.checkpoint_file import is_checkpoint
from reasoner.types.domain import Domain
from reasoner.types.preflight import Look
from reasoner.types.problem import Problem

if TYPE_CHECKING:
    from reasoner.data.sources import ProblemSource
    from reasoner.types.student import Student

ASKED, AT_ONCE, SECONDS = 40, 8, 30.0
"""Practice rows that a student is asked, so many at once, and the time after which no more are."""


@dataclass(frozen=True)
class _Measured:
    right: int
    n: int
    seconds: float
    """Of one row."""


def first_contact(settings: Settings, *, home: Path, cycles: int, price_of: PriceOf) -> list[Look]:
    """All of it.

    Args:
        settings: of the run.
        home: its folder, which need not exist.
        cycles: that are asked for.
        price_of: the teacher's price.
    """
    source, domain = source_of(settings, cycles), get_domain(settings.task.name)
    practice = source.practice(1)
    measured = _measured(settings, domain, practice, home)
    return [
        Look(what="task", found=_task_words(settings, domain, practice)),
        Look(what="student", found=_student_words(settings)),
        Look(what="base", found=_base_words(domain, practice, measured)),
        Look(what="gate", found=_gate_words(settings, source, cycles)),
        Look(what="cycle", found=_cycle_words(settings, practice, source, measured, price_of)),
    ]


def _task_words(settings: Settings, domain: Domain, practice: Sequence[Problem]) -> str:
    if not isinstance(domain, RowsDomain):
        return (
            f"{domain.info.name}, which {'draws problems' if settings.task.is_drawn else 'reads rows of its own form'}"
        )
    task = domain.task
    checker = task.checker.kind
    columns = f"question in {task.columns.question!r}, answer in {task.columns.answer!r}"
    published = any(problem.split for problem in practice)
    split = f"splits as in {task.columns.split!r}" if published else "rows divided by their questions' structure"
    return f"{task.name}: {columns}, checker {checker}, {split}"


def _student_words(settings: Settings) -> str:
    from reasoner.students import footprint_of

    student, size = settings.student, footprint_of(settings)
    named = student.model or (MINILM if student.kind == "encoder" else "")
    begins = {"scratch": "from scratch"}.get(student.start, f"from {student.start}")
    model = f" on {named}" if named else f", {begins}"
    weights = f"{size.weights:,} weights{' that are read only' if student.kind == 'encoder' else ' to train'}"
    return f"{student.kind}{model}, {weights if size.weights else 'weights not known before it is loaded'}"


def _base_words(domain: Domain, practice: Sequence[Problem], measured: _Measured | None) -> str:
    chance = ", ".join([*_by_chance(domain, practice), *_commonest(practice)])
    if measured is None:
        return f"not asked before cycle 0; {chance}"
    found = rate(measured.right, measured.n)
    return f"{percent(found.accuracy)} {interval(found.ci95)} of {found.n} practice rows right; {chance}"


def _by_chance(domain: Domain, practice: Sequence[Problem]) -> list[str]:
    """Of a student that picks among what is offered, or among answers that come again; nothing where they are free."""
    counts = [len(one) for one in offered(domain, [p.question for p in practice])]
    said = {problem.answer for problem in practice}
    if len(said) <= ROWS_A_LABEL * len(practice) and not all(counts):
        counts = [len(said)]
    if not counts or not all(counts):
        return []
    return [f"chance {percent(sum(1 / count for count in counts) / len(counts))}"]


def _commonest(practice: Sequence[Problem]) -> list[str]:
    answers = Counter(problem.answer for problem in practice if problem.answer)
    if not answers:
        return []
    (_, count), *_ = answers.most_common(1)
    found = rate(count, len(practice))
    return [f"always the commonest answer {percent(found.accuracy)} {interval(found.ci95)}"]


def _gate_words(settings: Settings, source: "ProblemSource", cycles: int) -> str:
    """The smallest gain of the first and of the last cycle."""
    gate, said = settings.gate, list[str]()
    block = gate.block if gate.test == "e_process" else None
    for cycle in dict.fromkeys((1, cycles)):
        alpha, n = alpha_of_cycle(cycle, gate.alpha), _gate_size(settings, source, cycle)
        gain = smallest_detectable_gain(n, alpha, power=POWER, loss_rate=LOSS_RATE, block=block)
        said.append(f"{'none' if gain is None else points(gain)} in cycle {cycle} ({n} rows)")
    test = "exact test" if block is None else f"e-process in blocks of {block}"
    return f"smallest gain it finds in {POWER:.0%} of cases: {', '.join(said)}; {test}, {LOSS_RATE:.0%} lost again"


def _gate_size(settings: Settings, source: "ProblemSource", cycle: int) -> int:
    """Sets that are drawn have the size that was asked for, and drawing them takes seconds."""
    return settings.data.gate_size if settings.task.is_drawn else len(source.gate(cycle))


def _cycle_words(
    settings: Settings,
    practice: Sequence[Problem],
    source: "ProblemSource",
    measured: _Measured | None,
    price_of: PriceOf,
) -> str:
    """Time and money of one."""
    gate = settings.gate
    beside = gate.regression_size + gate.retention_size * len(gate.retention)
    sealed = settings.data.sealed_size if settings.task.is_drawn else len(source.sealed())
    most = len(practice) + 2 * (_gate_size(settings, source, 1) + beside) + sealed
    if measured is None:
        time_words = f"{most} rows asked at most, at a speed that cycle 0 shows"
    else:
        least, longest = (duration(round(rows * measured.seconds)) for rows in (len(practice), most))
        time_words = (
            f"asking takes {least} to {longest} ({measured.seconds:.2g} s a row); training and teacher come on top"
        )
    told = expected_calls(settings, 1, price_of)
    money = "price not known" if told["usd"] is None else f"{dollars(told['usd'])} at most"
    return f"{time_words}; {told['calls']} teacher calls, {money}"


def _measured(settings: Settings, domain: Domain, practice: Sequence[Problem], home: Path) -> _Measured | None:
    """A student that is there is asked; None of one that is not, and where a paid model would have to judge."""
    if rules_of(domain) is not None:
        return None
    student = _there(settings, home)
    if student is None:
        return None
    from reasoner.evaluation.attempts import attempt_all

    right = n = 0
    began = time.monotonic()
    while n < min(ASKED, len(practice)) and time.monotonic() - began < SECONDS:
        rows = practice[n : n + AT_ONCE]
        right += sum(one.attempt.correct for one in attempt_all(student, domain, rows, settings.student.mode))
        n += len(rows)
    return _Measured(right, n, (time.monotonic() - began) / n)


def _there(settings: Settings, home: Path) -> "Student | None":
    """The student that the run begins with, where no training comes before."""
    from reasoner import students

    student, device = settings.student, settings.compute.device
    if student.start != "scratch":
        folder = home / "checkpoints" / (_champion(home) if student.start == "champion" else student.start)
        return students.load(folder, device=device) if is_checkpoint(folder) else None
    if student.kind != "language" or settings.language.base_updates:
        return None
    from reasoner.students.language.training import model_as_it_is

    return model_as_it_is(settings, device=device, precision="float32")


def _champion(home: Path) -> str:
    """Id of the home's; empty where there is none."""
    from memory.store.checkpoints import CheckpointStore

    if not (home / "reasoner.db").is_file():
        return ""
    found = CheckpointStore(home_at(home).database()).home_champion()
    return found.id if found else ""
