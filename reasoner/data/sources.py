"""Where a run's problems come from: the `ProblemSource` port, and which source a setting means.

Practice pools are mined and taught, gate sets decide, the sealed set is reported. They never share a structure.
"""

from collections.abc import Iterator
from typing import Protocol

from reasoner.config.settings import Settings
from reasoner.data.file_source import FileSource
from reasoner.data.generated_source import GeneratedSource
from reasoner.types.problem import Problem


class ProblemSource(Protocol):
    """All problems of one run. Every method is a pure function of settings, seed and arguments."""

    @property
    def left_out(self) -> int:
        """Practice problems that ask what is reported or decides, and are not practised."""
        ...

    @property
    def gate_sets(self) -> int | None:
        """How many cycles can have a gate set of their own; None where there is no end."""
        ...

    def practice(self, cycle: int) -> list[Problem]:
        """The practice pool of a cycle (1 or more): attempted, and mined for failures."""
        ...

    def gate(self, cycle: int) -> list[Problem]:
        """The gate set of a cycle (1 or more); no structure of it was in the gate set of another cycle.

        Raises:
            DataError: no fresh problems are left.
        """
        ...

    def sealed(self) -> list[Problem]:
        """The sealed set, the same in all cycles."""
        ...

    def held_out(self, cycles: int) -> list[str]:
        """The questions of the sealed set and of the gate sets of so many cycles, or more: what must never teach."""
        ...

    def held_out_mark(self, cycles: int) -> str:
        """A name for what `held_out` gives, the same only for the same questions; empty where it is quickly made."""
        ...

    def base_problems(self, n: int, seed: int) -> Iterator[Problem]:
        """`n` worked practice problems of the base difficulties, in random order, to train cycle 0's student on."""
        ...


def open_source(settings: Settings) -> ProblemSource:
    """The source that `task.rows` names: the domain's generator, or a file.

    Args:
        settings: another seed draws other problems, or shuffles a file otherwise.

    Raises:
        ConfigError: a difficulty that the domain cannot draw.
        DataError: the file cannot be used or is too small.
    """
    return GeneratedSource(settings) if settings.task.is_drawn else FileSource(settings)
