"""What a kind of students is: it owns its settings, its files, and how it learns."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from reasoner.config.settings import Settings
from reasoner.training.footprint import Footprint
from reasoner.types.job import JobSpec
from reasoner.types.problem import Problem
from reasoner.types.student import Student

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    from reasoner.search.practising import Seen
    from reasoner.training.claims import JudgedClaims
    from reasoner.training.work import Workplace
    from reasoner.types.step_model import StepModel


class Candidate(NamedTuple):
    """A candidate that is to be made."""

    cycle: int
    parent: str
    """Checkpoint id to start from."""
    checkpoint: str
    """Id of the candidate."""
    rows: str
    """Training rows, a path below the home (`reasoner.data.rows`)."""
    examples: int
    """Number of rows."""


class StudentKind(Protocol):
    """One kind, as `reasoner.students` knows it by name."""

    @property
    def name(self) -> str:
        """As `student.kind` and `checkpoint.json` say it."""
        ...

    def load(self, folder: Path, *, device: str) -> Student:
        """The student in a checkpoint's folder; see `reasoner.students.load`."""
        ...

    def fingerprint_of(self, folder: Path) -> str:
        """That of a checkpoint as its files are now, 16 hex digits; no network is built and no library is imported.

        Raises:
            DamagedError: a file is missing, cut or foreign.
        """
        ...

    def base_spec(self, settings: Settings, *, threads: int) -> JobSpec:
        """The job that makes cycle 0's student; its key, which names the checkpoint, stands for all that decides it."""
        ...

    def candidate_payload(self, settings: Settings, made: Candidate, *, threads: int) -> dict[str, Any]:
        """What `train` needs to make a candidate, plain JSON; `threads` are those of the child."""
        ...

    def train(self, work: str, payload: dict[str, Any], place: "Workplace") -> dict[str, Any]:
        """Makes a base (`base`) or a candidate (`finetune`); in a job's process, and again after a kill.

        Returns:
            Plain JSON with `checkpoint`, `fingerprint`, `parent`, `examples`, `updates`, `train_seconds`.
        """
        ...

    def footprint(self, settings: Settings) -> Footprint:
        """How much memory training takes, before anything is loaded.

        Raises:
            ConfigError: what it stands on is not here.
        """
        ...


@runtime_checkable
class SearchedKind(Protocol):
    """A kind whose students can be searched."""

    def step_model(self, student: Student) -> "StepModel":
        """A student of the kind, step by step."""
        ...


@runtime_checkable
class ComparedKind(Protocol):
    """A kind that can say how far one student has moved from another."""

    def divergence(self, present: Student, other: Student, problems: Sequence[Problem]) -> float:
        """KL(present || other) of what they expect of worked steps, nats a token."""
        ...


@runtime_checkable
class Verifiable(Protocol):
    """A verifier of its steps can be trained."""

    def new_verifier(self) -> "Module":
        """A verifier before it has learnt anything."""
        ...

    def with_verifier(self, net: "Module") -> "StepModel":
        """The same student, judged by a verifier that `new_verifier` has made."""
        ...

    def alone(self, net: "Module") -> Student:
        """A student that says what the verifier would say by itself."""
        ...

    def claims(self, seen: "Seen", places: Sequence[int]) -> "JudgedClaims":
        """What a verifier learns from a round of practice.

        Args:
            seen: the round.
            places: of the batch's questions in the list that is kept beside the claims.
        """
        ...

    def beliefs(self, questions: Sequence[str], claims: "JudgedClaims") -> "Tensor":
        """Logits of its verifier for claims about these questions, [M]."""
        ...
