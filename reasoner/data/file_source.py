"""Problems from a user's file, divided by structure. Sets are what the file gives: nothing is balanced or filled up."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from reasoner.config.settings import Settings
from reasoner.data.files import is_worked, read_problems
from reasoner.data.generated_source import GeneratedSource
from reasoner.data.held_out import HeldOutQuestions
from reasoner.data.splits import split_of, split_of_problem
from reasoner.domains.registry import get_domain
from reasoner.errors import DataError
from reasoner.types.domain import Draws, power
from reasoner.types.problem import Problem, Split

SMALLEST: dict[Split, int] = {"practice": 20, "gate": 50, "sealed": 50}
"""Rows without which a split is of no use."""

LEFT_OUT = (
    "{count} more practice rows are left out: they ask what a gate or sealed row asks, with the same numbers and "
    "nearly the same words"
)


def divided(problems: Sequence[Problem]) -> list[Problem]:
    """Each with its split, where any came with a published one.

    Rows without one are divided by structure among the splits that nobody published, so that a published test set is
    the whole sealed set; where all were published they are practised.
    """
    published = {problem.split for problem in problems} - {None}
    if not published:
        return list(problems)
    free: list[Split] = [split for split in ("practice", "gate", "sealed") if split not in published]

    def settled(problem: Problem) -> Problem:
        by_hash = split_of(problem.structure)
        split = by_hash if by_hash in free else "gate" if "gate" in free and by_hash == "sealed" else "practice"
        return problem if problem.split else problem.model_copy(update={"split": split})

    return [settled(problem) for problem in problems]


class FileSource:
    """A file's rows. See `ProblemSource` for what its methods promise."""

    def __init__(self, settings: Settings) -> None:
        """Reads the whole file; raises `DataError` where a row is bad or a split has fewer rows than `SMALLEST`."""
        data, path = settings.data, Path(settings.task.rows)
        self._path = path
        self._data = data
        self._seed = settings.seed
        self._domain = get_domain(settings.task.name)
        self._rows: dict[Split, list[Problem]] = {"practice": [], "gate": [], "sealed": []}
        for problem in divided(read_problems(path, self._domain)):
            self._rows[split_of_problem(problem)].append(problem)
        self.left_out = self._leave_out_copies()
        """Practice rows that ask what a gate or sealed row asks."""
        self._refuse_if_small()
        for split, rows in self._rows.items():
            self._random(split).shuffle(rows)
        easy = data.base_difficulties
        self._worked = [p for p in self._rows["practice"] if p.difficulty in easy and is_worked(p, self._domain)]
        self._drawn = GeneratedSource(settings) if power(self._domain, Draws) else None

    @property
    def gate_sets(self) -> int:
        """Cycles that can have a gate set: `data.gate_size` rows each; a last, smaller one needs 50."""
        full, rest = divmod(len(self._rows["gate"]), self._data.gate_size)
        return full + (rest >= SMALLEST["gate"])

    @property
    def practice_questions(self) -> list[str]:
        """Of all practice rows."""
        return [problem.question for problem in self._rows["practice"]]

    def practice(self, cycle: int) -> list[Problem]:
        """`data.practice_size` practice rows, or all if there are fewer; another sample in each cycle."""
        assert cycle >= 1, f"cycle {cycle} has no practice pool"
        rows = self._rows["practice"]
        return self._random("practice", cycle).sample(rows, min(len(rows), self._data.practice_size))

    def gate(self, cycle: int) -> list[Problem]:
        """The cycle's own part of the gate rows, `data.gate_size` or, in the last part, at least 50.

        Raises:
            DataError: earlier cycles have used the gate rows up.
        """
        assert cycle >= 1, f"cycle {cycle} has no gate set"
        if cycle > self.gate_sets:
            raise DataError(
                f"{self._path}: its {len(self._rows['gate'])} gate rows give {self.gate_sets} gate sets of "
                f"{self._data.gate_size} and cycle {cycle} needs one of its own; lower data.gate_size (50 or more), "
                "run fewer cycles, or use a larger file"
            )
        size = self._data.gate_size
        return self._rows["gate"][(cycle - 1) * size : cycle * size]

    def sealed(self) -> list[Problem]:
        """`data.sealed_size` sealed rows, or all if there are fewer."""
        return self._rows["sealed"][: self._data.sealed_size]

    def held_out(self, cycles: int) -> list[str]:  # noqa: ARG002 (the file is finite: all of its rows are known)
        """Questions of all sealed and gate rows of the file."""
        return [problem.question for split in ("sealed", "gate") for problem in self._rows[split]]

    def held_out_mark(self, cycles: int) -> str:  # noqa: ARG002 (see `held_out`)
        """Empty: reading the file is quick."""
        return ""

    def base_problems(self, n: int, seed: int) -> Iterator[Problem]:
        """`n` problems, in turn a drawn one and a worked easy row of the file, as long as there are such.

        The rows of a file are few and come again and again; what is drawn stays fresh.

        Raises:
            DataError: no row is worked, and the domain draws none.
        """
        if not self._worked and self._drawn is None:
            raise DataError(
                f"{self._path}: none of its {len(self._rows['practice'])} practice rows has steps that hold and at "
                f"most {max(self._data.base_difficulties)} of them (data.base_difficulties), and the task "
                f"{self._domain.info.name!r} draws no problems; add worked rows, or raise data.base_difficulties"
            )
        drawn = self._drawn.base_problems((n + 1) // 2 if self._worked else n, seed) if self._drawn else None
        rows = self._endless(seed) if self._worked else None
        for index in range(n):
            source = drawn if rows is None or (drawn is not None and index % 2 == 0) else rows
            assert source is not None, "there are drawn problems or rows"
            yield next(source)

    def _leave_out_copies(self) -> int:
        """Takes out practice rows that ask a held-out question in other words or steps; how many."""
        held_out = HeldOutQuestions(self.held_out(0))
        before = self._rows["practice"]
        self._rows["practice"] = [problem for problem in before if held_out.match(problem.question) is None]
        return len(before) - len(self._rows["practice"])

    def _endless(self, seed: int) -> Iterator[Problem]:
        rng = self._random("base", seed)
        while True:
            yield from rng.sample(self._worked, len(self._worked))

    def _random(self, purpose: str, turn: int = 0) -> Random:
        return Random(hashlib.sha256(f"{self._seed}/file {purpose}/{turn}".encode()).digest())

    def _refuse_if_small(self) -> None:
        counts = {split: len(rows) for split, rows in self._rows.items()}
        if all(counts[split] >= least for split, least in SMALLEST.items()):
            return
        given = ", ".join(f"{count} {split}" for split, count in counts.items())
        given += f" ({LEFT_OUT.format(count=self.left_out)})" if self.left_out else ""
        least = ", ".join(f"{count} {split}" for split, count in SMALLEST.items())
        raise DataError(
            f"{self._path}: its {sum(counts.values())} rows divide by structure into {given}; expected at least "
            f"{least}; give it about 400 rows of different wording"
        )
