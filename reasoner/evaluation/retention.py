"""Suites of what must not be forgotten (`gate.retention`): rows or a public benchmark, as items that a student answers.

    old.jsonl             rows in a form that the run's own task reads
    other.task.yaml       a task of its own, with its rows and its checker
    gsm8k=test.jsonl      a public benchmark and its rows; an item is right where the metric gives 1

Every item has an id of its own, and every question of a suite is held out: it never teaches.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Protocol

from reasoner.data.files import read_problems
from reasoner.domains.registry import get_domain
from reasoner.domains.rows.task_file import SUFFIXES
from reasoner.errors import DataError, UsageError
from reasoner.evaluation.attempts import attempt_all
from reasoner.types.benchmark import Benchmark, Item, Score
from reasoner.types.domain import Domain, HasRows, NeedsJudge, power
from reasoner.types.problem import Attempt, Mode, Problem
from reasoner.types.student import Student
from reasoner.types.tried import attempts_of

OnProgress = Callable[[int, int], None]
CHUNK = 512
"""Items between two words of progress."""


class Suite(Protocol):
    """Items that a student can be asked."""

    questions: dict[str, str]
    """By item id, in the order of the rows."""

    def attempts(self, student: Student, ids: Sequence[str], mode: Mode, on_progress: OnProgress) -> list[Attempt]:
        """The student's greedy attempts at some items, in the order given."""
        ...


class RowSuite:
    """Rows of a file, judged by a task.

    Args:
        problems: the rows.
        domain: reads the student's answer and judges it.
    """

    def __init__(self, problems: Sequence[Problem], domain: Domain) -> None:
        self._problems = {problem.id: problem for problem in problems}
        self._domain = domain
        self.questions = {problem.id: problem.question for problem in problems}

    def attempts(self, student: Student, ids: Sequence[str], mode: Mode, on_progress: OnProgress) -> list[Attempt]:
        """See `Suite`."""
        asked = [self._problems[id] for id in ids]
        return attempts_of(attempt_all(student, self._domain, asked, mode, on_progress=on_progress))


class BenchmarkSuite:
    """A public benchmark, asked as `reasoner benchmark` asks a checkpoint: the question alone.

    Args:
        benchmark: scores.
        items: its rows.
        domain: of the run: says what a student's steps answer.
    """

    def __init__(self, benchmark: Benchmark, items: Sequence[Item], domain: Domain) -> None:
        self._benchmark, self._domain = benchmark, domain
        self._items = {item.id: item for item in items}
        self.questions = {item.id: item.question for item in items}
        metrics = benchmark.info.metrics
        # A bare answer has no mark that a strict filter could find.
        self._metric = next((name for name in metrics if name.endswith("/flexible")), metrics[0])

    def attempts(self, student: Student, ids: Sequence[str], mode: Mode, on_progress: OnProgress) -> list[Attempt]:
        """See `Suite`."""
        from reasoner.evaluation.asking.forms import How, Round, form_for
        from reasoner.evaluation.asking.rounds import score_replies
        from reasoner.evaluation.asking.student import StudentAnswerer

        info = self._benchmark.info
        answerer = StudentAnswerer(student, self._domain, None, mode, name="student", fingerprint="")
        form = form_for(info, answerer)
        asking = Round(answerer, form, How(stops=info.stops, most_tokens=info.most_tokens), list(self._items.values()))
        found: list[Attempt] = []
        for start in range(0, len(ids), CHUNK):
            some = [self._items[id] for id in ids[start : start + CHUNK]]
            scored = score_replies(self._benchmark, some, asking.ask(some), form)
            found += [self._attempt(item, score, mode) for item, (score,) in zip(some, scored, strict=True)]
            on_progress(len(found), len(ids))
        return found

    def _attempt(self, item: Item, score: Score, mode: Mode) -> Attempt:
        value, answer = score.values.get(self._metric), next(iter(score.extracted.values()), "")
        graded = value if value is not None and 0 < value < 1 else None
        return Attempt(
            problem_id=item.id,
            mode=mode,
            steps=(),
            answer=answer,
            outcome="error" if value is None else "right" if value == 1 else "wrong",
            skill=item.subject or self._benchmark.info.name,
            difficulty=1,
            false_steps=None,
            score=graded,
            reason=score.errors.get(self._metric, ""),
        )


def open_suite(entry: str, domain: Domain) -> Suite:
    """The suite that an entry of `gate.retention` names.

    Args:
        entry: one of the three forms above.
        domain: of the run, bound to its judge where it has one.

    Raises:
        ConfigError: there is no such benchmark or task.
        DataError: its rows cannot be read, or two of them have one id.
        UsageError: a benchmark without its path, or a task that asks a judging model of its own.
    """
    name, separator, path = entry.partition("=")
    if separator:
        return _benchmark(name, Path(path).expanduser(), domain)
    if not entry.endswith(SUFFIXES):
        return RowSuite(read_problems(Path(entry).expanduser(), domain), domain)
    own = get_domain(entry)
    rows, asks = power(own, HasRows), power(own, NeedsJudge)
    if rows is None:
        raise UsageError(f"gate.retention: the task file {entry!r} names no rows; write `rows: FILE` into it")
    if asks is not None and asks.judging is not None:
        raise UsageError(
            f"gate.retention: the task {entry!r} asks a judging model; only the run's own judge is asked at the gate. "
            "Name a task with another checker"
        )
    return RowSuite(read_problems(Path(rows.rows), own), own)


def label_of(entry: str) -> str:
    """What an entry is called where it is reported."""
    name, separator, _ = entry.partition("=")
    return name if separator else Path(entry).name


def key_of(entry: str) -> str:
    """The same as part of a file's name, other for every entry."""
    readable = re.sub(r"[^a-z0-9]+", "_", label_of(entry).lower()).strip("_")[:24]
    return f"{readable}_{hashlib.sha256(entry.encode()).hexdigest()[:8]}"


def rows_of(entry: str) -> Path:
    """The file, or folder, that an entry's rows are read from."""
    _, separator, path = entry.partition("=")
    if separator or not entry.endswith(SUFFIXES):
        return Path(path if separator else entry).expanduser()
    rows = power(get_domain(entry), HasRows)
    return Path(rows.rows if rows else entry)


def sample_of(ids: Sequence[str], size: int, *, seed: int, entry: str, cycle: int) -> list[str]:
    """The items of a cycle: `size` of them, or all; another draw in each cycle, the same for everybody."""
    return Random(f"{seed}/retention/{entry}/{cycle}").sample(ids, min(size, len(ids)))


def retained_questions(entries: Sequence[str], domain: Domain) -> Iterator[str]:
    """Every question of some suites: what must never teach."""
    for entry in entries:
        yield from open_suite(entry, domain).questions.values()


def _benchmark(name: str, path: Path, domain: Domain) -> BenchmarkSuite:
    from reasoner.evaluation.benchmarks.registry import get_benchmark

    benchmark = get_benchmark(name)
    if not path.exists():
        raise UsageError(f"gate.retention: {name}={str(path)!r}: there is no such file or folder")
    items = list(benchmark.read(path, shots=0))
    if len({item.id for item in items}) < len(items):
        raise DataError(f"{path}: two items of {name} have one id; expected an id of its own for each")
    return BenchmarkSuite(benchmark, items, domain)
