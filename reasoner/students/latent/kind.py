"""The kind of latent students behind the port; torch is imported where it is needed."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reasoner.models.student import Student


class LatentKind:
    """See `StudentKind`."""

    name = "latent"

    def load(self, folder: Path, *, device: str) -> "Student":
        """See `reasoner.models.checkpoints.load_student`."""
        from reasoner.models.checkpoints import load_student

        return load_student(folder, device=device)

    def fingerprint_of(self, folder: Path) -> str:
        """From the files alone; see `reasoner.models.stored_fingerprint`."""
        from reasoner.models.stored_fingerprint import stored_fingerprint

        return stored_fingerprint(folder)
