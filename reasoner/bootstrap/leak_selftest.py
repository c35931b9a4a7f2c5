"""`reasoner selftest leaks`: whether what is reported or will decide can teach, by any door and in ten disguises.

Every question of the sealed set and of all gate sets that are known ahead is given another solution than its own (its
first step twice: another structure) and put through the doors: a row of a file that is imported, a teacher's new
problem, and the choice of what a run trains on, where everything ends that came in otherwise (forks, restored homes,
edited stores, own answers). A file of practice problems is divided with disguised copies of its held-out rows in it.
Then fresh problems of another seed are asked about: how many are refused wrongly.
"""

import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from reasoner.config.settings import Settings
from reasoner.types.problem import Problem
from reasoner.types.record import Record
from reasoner.types.report import Rate

if TYPE_CHECKING:
    from agents.withholding import HeldOut
    from reasoner.data.sources import ProblemSource
    from reasoner.types.domain import Domain

FRESH = 3000
"""New problems by which false refusals are measured."""
MOST_FALSE = 1 / 200
OTHER_SEED = 1_000_003
"""Added to the seed where new problems come from."""
LESSON = 50
"""New problems in one lesson."""
FILE_ROWS = 1500
"""Held-out rows of the practice file that is divided."""

Watch = Callable[[float, str], None]


class LeakSelftest(Record):
    """What came through."""

    questions: int
    """Held-out questions that were tried, each in every disguise."""
    tried: int
    """Times that one was put to a door."""
    accepted: int
    accepted_by: dict[str, int]
    """By door and disguise, of those that took one."""
    examples: list[str]
    """Some that were taken, as they were written."""
    false_refusals: Rate
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether nothing came through; false refusals are too many only where the whole interval says so."""
        return self.accepted == 0 and self.false_refusals.ci95[0] <= MOST_FALSE


def selftest_leaks(
    settings: Settings, *, size: int | None = None, watch: Watch = lambda _share, _note: None
) -> LeakSelftest:
    """Puts held-out questions to every door.

    Args:
        settings: `data` and `seed`: whose sealed and gate sets.
        size: held-out questions that are tried, spread evenly over all sets; all of them by default.
        watch: told share done, 0 to 1, and a note.
    """
    from agents.withholding import HeldOut
    from reasoner.bootstrap.disguises import DISGUISES
    from reasoner.data.held_out import HeldOutQuestions
    from reasoner.data.sources import open_source
    from reasoner.domains.registry import get_domain

    began, domain = time.monotonic(), get_domain(settings.task.name)
    source = open_source(settings)
    watch(0.0, "held-out questions are drawn")
    held_out = HeldOut(HeldOutQuestions(source.held_out(1)))
    problems = _some(_problems(source, len(held_out.questions)), size)
    doors = _doors(domain, held_out, source.practice(1)[0])
    taken: Counter[str] = Counter()
    examples: list[str] = []
    for done, (name, disguise) in enumerate(DISGUISES.items()):
        watch(0.2 + 0.06 * done, name)
        rng = Random(f"{settings.seed}/{name}")
        leaks = [_by_another_way(problem, disguise(problem.question, rng)) for problem in problems]
        for door, take in doors.items():
            through = take(leaks)
            taken.update({f"{door}, {name}": len(through)} if through else {})
            examples += through
    watch(0.8, "a file of practice problems")
    copies, through = _through_a_file(settings, problems[:FILE_ROWS], source.practice(1))
    taken.update({"practice file": through} if through else {})
    watch(0.9, "new problems")
    return LeakSelftest(
        questions=len(problems),
        tried=len(problems) * len(DISGUISES) * len(doors) + copies,
        accepted=taken.total(),
        accepted_by=dict(taken),
        examples=examples[:5],
        false_refusals=_false_refusals(settings, domain, held_out),
        seconds=round(time.monotonic() - began, 1),
    )


def _problems(source: "ProblemSource", known: int) -> list[Problem]:
    """The problems whose questions are held out: sealed, then the gate sets that are known."""
    problems, cycle = source.sealed(), 0
    while len(problems) < known and (source.gate_sets is None or cycle < source.gate_sets):
        cycle += 1
        problems += source.gate(cycle)
    return problems


def _some(problems: Sequence[Problem], size: int | None) -> list[Problem]:
    """So many, spread evenly; all where there is no size."""
    step = max(1.0, len(problems) / (size or len(problems)))
    return [problems[int(place * step)] for place in range(int(len(problems) / step))]


def _by_another_way(problem: Problem, question: str) -> Problem:
    """The problem in disguise, solved with its first step twice, which says that it is of the practice split."""
    from reasoner.data.splits import split_of

    structure = next(name for name in (f"{n:016x}" for n in range(100)) if split_of(name) == "practice")
    steps = (problem.steps[0], *problem.steps) if problem.steps else ()
    return problem.model_copy(update={"question": question, "steps": steps, "structure": structure})


Door = Callable[[Sequence[Problem]], list[str]]
"""Which questions it takes."""


def _doors(domain: "Domain", held_out: "HeldOut", asked: Problem) -> dict[str, Door]:
    """By name, what a door takes of some problems."""
    return {
        "import": lambda leaks: _imported(leaks, domain, held_out),
        "teacher": lambda leaks: _taught(leaks, asked, domain, held_out),
        "training": lambda leaks: [p.question for p in leaks if not held_out.why_not_problem(p, domain)],
    }


def _imported(leaks: Sequence[Problem], domain: "Domain", held_out: "HeldOut") -> list[str]:
    """What `memory import` takes of rows of TRL's form with this content."""
    from agents.importing import Admitted, Inspector
    from reasoner.data.row_files import Row
    from reasoner.data.row_forms import read_form

    inspector = Inspector(
        "selftest", "0" * 64, {domain.info.name: domain}, default=domain.info.name, teacher=None, held_out=held_out
    )
    rows = (
        {
            "prompt": leak.question,
            "completion": "\n".join((*leak.steps, f"answer: {leak.answer}")),
            "structure": leak.structure,
        }
        for leak in leaks
    )
    judged = (inspector.judge(read_form(Row(line, row))) for line, row in enumerate(rows, start=1))
    return [one.example.problem.question for one in judged if isinstance(one, Admitted)]


def _taught(leaks: Sequence[Problem], asked: Problem, domain: "Domain", held_out: "HeldOut") -> list[str]:
    """What the check takes of new problems in lessons about another, or would ask the teacher to confirm."""
    from agents.checking import check_lesson
    from reasoner.types.teaching import Lesson, TeacherCall, WrittenProblem

    taken: list[str] = []
    for begin in range(0, len(leaks), LESSON):
        some = leaks[begin : begin + LESSON]
        written = [WrittenProblem(question=p.question, steps=list(p.steps), answer=p.answer) for p in some]
        call = TeacherCall(
            id="selftest",
            model="selftest",
            problem_id=asked.id,
            state="done",
            cached=False,
            lesson=Lesson(critique="", steps=list(asked.steps), answer=asked.answer, problems=written),
            error="",
            prompt_tokens=0,
            completion_tokens=0,
            usd=0.0,
            seconds=0.0,
            requests=0,
        )
        checked = check_lesson(call, asked, domain, held_out=held_out, run="selftest", cycle=1)
        taken += [verdict.question for verdict in checked.verdicts[1:] if verdict.accepted]
        taken += [problem.question for problem in checked.unconfirmed]
    return taken


def _through_a_file(settings: Settings, problems: Sequence[Problem], practice: Sequence[Problem]) -> tuple[int, int]:
    """Disguised copies in a practice file that holds what they copy, and how many of them could be practised."""
    from reasoner.bootstrap.disguises import DISGUISES
    from reasoner.data.file_source import FileSource
    from reasoner.errors import DataError

    if not settings.task.is_drawn:
        return 0, 0
    rng, names = Random(settings.seed), list(DISGUISES)
    copies = [
        _by_another_way(p, DISGUISES[names[n % len(names)]](p.question, rng)).model_copy(update={"id": f"copy-{n}"})
        for n, p in enumerate(problems)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "problems.jsonl"
        path.write_text("".join(_plain_rows((*practice, *problems, *copies))), encoding="utf-8")
        try:
            data = settings.data.model_copy(update={"practice_size": 10**9})
            task = settings.task.model_copy(update={"rows": str(path)})
            source = FileSource(settings.model_copy(update={"data": data, "task": task}))
        except DataError:
            # Few problems of one split: nothing is practised.
            return len(copies), 0
        return len(copies), sum(p.id.startswith("copy-") for p in source.practice(1))


def _plain_rows(problems: Sequence[Problem]) -> Iterator[str]:
    for problem in problems:
        fields = problem.model_dump(mode="json", include={"id", "question", "answer", "steps"})
        yield json.dumps(fields) + "\n"


def _false_refusals(settings: Settings, domain: "Domain", held_out: "HeldOut") -> Rate:
    """How many new problems, of the practice split and another seed, are refused."""
    from reasoner.data.sources import open_source
    from reasoner.evaluation.statistics import rate

    data = settings.data.model_copy(update={"practice_size": FRESH // 3})
    source = open_source(settings.model_copy(update={"data": data, "seed": settings.seed + OTHER_SEED}))
    fresh = [problem for cycle in (1, 2, 3) for problem in source.practice(cycle)]
    refused = [p for p in fresh if held_out.why_not_problem(p, domain)]
    return rate(len(refused), len(fresh))
