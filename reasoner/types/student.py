"""What the house needs of a student of any kind: it answers questions, and says where they lie in its latent space.

Everything else is a power that one kind has and another lacks: see `reasoner.students` for the kinds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from reasoner.types.problem import Mode

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Solved:
    """What a student wrote for one question."""

    steps: tuple[str, ...]
    logprobs: tuple[float, ...]
    """Natural log-probability of each step under the student, and of the end where it writes one."""
    finished: bool
    """Whether it said that it was done, rather than running out of steps."""


class Student(Protocol):
    """All that evaluation, mining, memory, gate, restore check and reports ask for."""

    @property
    def kind(self) -> str:
        """Its name in `reasoner.students`."""
        ...

    @property
    def modes(self) -> tuple[Mode, ...]:
        """Ways to solve that it has, the usual one first."""
        ...

    def solve(self, questions: Sequence[str], mode: Mode = "talk") -> list[Solved]:
        """Answers, the same for the same questions, in their order."""
        ...

    def embed(self, questions: Sequence[str]) -> "np.ndarray":
        """One unit vector a question, float32 [N, D]; N may be 0."""
        ...


@runtime_checkable
class TellsCuts(Protocol):
    """A student that reads no more than so much of a question."""

    def cuts(self, questions: Sequence[str]) -> Sequence[bool]:
        """Whether each question loses a part of itself."""
        ...


@runtime_checkable
class ThinksAloud(Protocol):
    """A student whose latents can be watched while it solves."""

    def solve_aloud(self, questions: Sequence[str], mode: Mode) -> "tuple[list[Solved], Thoughts]":
        """What `solve` gives, and what it thought."""
        ...


@dataclass(frozen=True)
class Thoughts:
    """Of each question the mean slot of its first and of its last step; the last of a finished solution says so."""

    first_QD: "np.ndarray"
    last_QD: "np.ndarray"


@runtime_checkable
class Doubts(Protocol):
    """A student that knows how sure it is."""

    def doubts(self, question: str, solved: Solved) -> str:
        """Why its own answer cannot be believed; empty where nothing speaks against it."""
        ...


@runtime_checkable
class Chooses(Protocol):
    """A student that can weigh given answers in place of writing one."""

    def choose(self, questions: Sequence[str], offered: Sequence[tuple[str, ...]], mode: Mode = "talk") -> list[Solved]:
        """Of each question the likeliest of the offered answers; written as by `solve` where none are offered.

        Args:
            questions: in plain language.
            offered: the answers that there are to each, as `Offers` says them.
            mode: one of its own.
        """
        ...


@runtime_checkable
class Wavers(Protocol):
    """A student that chooses among answers and knows how close the choice was."""

    def margins(self, questions: Sequence[str]) -> "np.ndarray":
        """How much likelier its answer is than the next one, [N], 0 to 1."""
        ...


@runtime_checkable
class TellsUnread(Protocol):
    """A student that knows which words it cannot read."""

    def unread(self, question: str) -> Sequence[str]:
        """Words of a question of which its vocabulary knows no letter."""
        ...
