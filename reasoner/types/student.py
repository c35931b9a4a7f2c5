"""What the house needs of a student of any kind: it answers questions, and says where they lie in its latent space.

Everything else is a power that one kind has and another lacks: see `reasoner.students` for the kinds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from reasoner.types.problem import Mode

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


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


@runtime_checkable
class Probed(Protocol):
    """Its steps have latents that can be written out again."""

    def can_write(self, step: str) -> bool:
        """Whether a step is one that it could say."""
        ...

    def round_trips(self, steps: Sequence[str]) -> Sequence[bool]:
        """For each of such steps, whether its latent is written out as the very same step."""
        ...

    def decode_latents(self, latents_NKD: "np.ndarray") -> list[str]:
        """The step that each latent is written out as."""
        ...


class Alter(Protocol):
    """Puts other latents in the place of a step's, to see what hangs on them."""

    def __call__(self, slots_NKD: "Tensor", *, step: int, questions_N: "Tensor") -> "Tensor":
        """The slots to go on with, [N, K, D].

        Args:
            slots_NKD: of the questions that have not finished yet.
            step: counted from 0.
            questions_N: their places in the list that is solved, on the CPU.
        """
        ...


@runtime_checkable
class Alterable(Protocol):
    """Its latents can be altered on their way."""

    def solve_altered(
        self, questions: Sequence[str], mode: Mode, *, alter: Alter | None = None, alter_history: Alter | None = None
    ) -> list[Solved]:
        """What `solve` gives.

        Args:
            questions: in plain language.
            mode: one of its own.
            alter: each step's predicted latents before they are written.
            alter_history: each step's latents before the next step sees them.
        """
        ...
