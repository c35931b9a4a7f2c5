"""What a kind of students is: it owns its settings, its files, and how it learns."""

from pathlib import Path
from typing import Protocol

from reasoner.types.student import Student


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
