"""What a kind of students is: it owns its settings, its files, and how it learns."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from reasoner.config.settings import Settings
from reasoner.training.footprint import Footprint
from reasoner.types.job import JobSpec
from reasoner.types.student import Student

if TYPE_CHECKING:
    from reasoner.training.work import Workplace


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
