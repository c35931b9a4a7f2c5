"""What a search needs of a student: the root and the recurrent function of google-deepmind/mctx, in words.

A search holds partial solutions of a batch of questions, a row each. What the student keeps of them is a `State`, and
of candidates for their next steps a `Handle`, which only it reads; all else is plain arrays. Nothing here is changed
once it is made. What goes beyond `StepModel` is a power, asked for by `required`.

Shapes: B questions, N rows, M candidates, R neighbours, D width.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np

from reasoner.errors import UsageError

Power = TypeVar("Power")

CLEAN = "clean"
"""Origin of the step that greedy solving would take: every student has it."""
SAID, ROUND_TRIP, HOLDS, BELIEF = "said", "round_trip", "holds", "belief"
"""Terms: log-probability of the text under what the student expects, however the text was found; mean squared distance
of that from the text as it is read again; whether the step is true and uses known quantities only (1 or 0); logit of
the learned verifier. A student measures the first two, and the last where it has a verifier."""
TERMS = (SAID, ROUND_TRIP, HOLDS, BELIEF)
"""In the order in which they are shown."""


class State(Protocol):
    """What a student keeps of N partial solutions, all of as many steps."""

    def take(self, rows: np.ndarray) -> "State":
        """Some of them, in that order, one perhaps several times."""
        ...


class Handle(Protocol):
    """What a student keeps of M candidates."""

    def take(self, rows: np.ndarray) -> "Handle":
        """Some of them, in that order."""
        ...

    def joined(self, other: Any) -> "Handle":
        """These, then those of another handle of the same student."""
        ...

    def __bytes__(self) -> bytes:
        """What their texts were made from; equal searches have equal ones."""
        ...


@dataclass(frozen=True)
class Wanted:
    """Candidates to be made in one way."""

    origin: str
    parent_M: np.ndarray
    """The row that each continues, int64; a row may stand several times."""
    by: float = 0.0
    """How far: temperature of a drawn text, spread of noise, rank of a neighbour, number of gradient steps."""


@dataclass(frozen=True)
class Candidates:
    """Next steps of the rows; as the student makes them first, then measured, then judged by the search."""

    parent_M: np.ndarray
    """The row that each continues, int64."""
    texts: tuple[str, ...]
    """Empty for the step that says that the solution is complete."""
    ends_M: np.ndarray
    """Whether it is that step."""
    origin: tuple[str, ...]
    """The way in which each was made."""
    handle: Handle
    found: tuple[int, ...]
    """How many decodes of the row came out as this text."""
    terms: Mapping[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])
    """What speaks for and against each, float32 [M] each."""
    gain_M: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    """Natural logarithm of the chance that the step is right, given that those before are."""
    refused: tuple[bool, ...] = ()
    """Refinements that do not mean what they say."""

    def __len__(self) -> int:
        return len(self.origin)

    @property
    def clean_M(self) -> np.ndarray:
        """Which of them are the greedy steps of their rows."""
        return np.array([one == CLEAN for one in self.origin], dtype=bool)

    def take(self, rows: np.ndarray) -> "Candidates":
        """Some of them, in that order; all that is known of each."""
        places = rows.tolist()
        return replace(
            self,
            parent_M=self.parent_M[rows],
            texts=tuple(self.texts[i] for i in places),
            ends_M=self.ends_M[rows],
            origin=tuple(self.origin[i] for i in places),
            handle=self.handle.take(rows),
            found=tuple(self.found[i] for i in places),
            terms={name: term[rows] for name, term in self.terms.items()},
            gain_M=self.gain_M[rows] if len(self.gain_M) else self.gain_M,
            refused=tuple(self.refused[i] for i in places) if self.refused else (),
        )


class StepModel(Protocol):
    """A student, step by step. The states that it is given are of its own making."""

    @property
    def origins(self) -> tuple[str, ...]:
        """The ways in which it can propose, `CLEAN` among them."""
        ...

    @property
    def max_steps(self) -> int:
        """Steps of its longest solution, the one that ends it included."""
        ...

    def lengths(self, questions: Sequence[str]) -> Sequence[int]:
        """How long each question is to it: those of like length are cheap side by side."""
        ...

    def can_write(self, step: str) -> bool:
        """Whether it could say a step at all."""
        ...

    def root(self, questions: Sequence[str], *, seed: int) -> State:
        """A row for each question, of no step yet.

        Args:
            questions: in plain language.
            seed: of all that is drawn; what a question draws does not hang on those beside it.
        """
        ...

    def propose(self, state: Any, plan: Sequence[Wanted]) -> Candidates:
        """At least one candidate, in the order of the plan, equal texts not yet put together."""
        ...

    def measure(self, state: Any, candidates: Candidates) -> Candidates:
        """The candidates with the terms that the student itself knows."""
        ...

    def advance(self, state: Any, candidates: Candidates) -> State:
        """The rows with a step more that candidates make, in the order of the candidates."""
        ...

    def score(self, state: Any, texts: Sequence[str]) -> Candidates:
        """A given next step of each row, measured; an empty text ends the solution."""
        ...


@runtime_checkable
class Steerable(Protocol):
    """Candidates can be moved down a learned energy before they are decoded."""

    def nudge(self, state: Any, plan: Sequence[Wanted]) -> Candidates:
        """As `propose`; `by` is the number of gradient steps."""
        ...

    def apart(self, candidates: Candidates) -> np.ndarray:
        """How far each is from what its text means to the student, as the term `round_trip` says it, [M]."""
        ...


@runtime_checkable
class Remembers(Protocol):
    """Steps of remembered solutions can be proposed from."""

    def recall(self, state: Any, solutions: Sequence[Sequence[tuple[str, ...]]]) -> State:
        """The state with worked solutions at hand.

        Args:
            state: of the root.
            solutions: of each question those that are like its own, the most alike first.
        """
        ...

    def neighbours(self, state: Any) -> np.ndarray | None:
        """Which neighbours of each row have a step here, bool [N, R]; None where nothing is recalled."""
        ...


@runtime_checkable
class Condenses(Protocol):
    """Whole solutions can be told alike or not."""

    def condense(self, state: Any) -> np.ndarray:
        """One unit vector a row, float32 [N, D]."""
        ...


def required(thing: object, power: type[Power], use: str) -> Power:
    """The thing as what has a power.

    Args:
        thing: of a student.
        power: a protocol.
        use: what is to be done with it, as a sentence begins: `search.recall`.

    Raises:
        UsageError: it has not.
    """
    if isinstance(thing, power):
        return thing
    said = (power.__doc__ or power.__name__).splitlines()[0]
    raise UsageError(f"{use} is not for this kind of student, of which this is not true: {said}")
