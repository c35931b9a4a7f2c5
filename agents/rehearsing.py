"""The rehearsal of a way back: before a promotion counts, the present champion is restored elsewhere and asked."""

import shutil
import tempfile
from pathlib import Path

from agents.parts import Parts
from reasoner.errors import NotFoundError
from reasoner.evaluation.outputs import outputs_hash, probe_of
from reasoner.types.record import Record


class Rehearsal(Record):
    """How it went."""

    items: int
    outputs: str
    """Hash of what the champion says."""
    restored: str
    """Hash of what it says when restored; what went wrong, where it could not be."""

    @property
    def failed(self) -> bool:
        """Whether there would be no way back to the bit."""
        return self.outputs != self.restored


def rehearse(parts: Parts, champion: str) -> Rehearsal:
    """Restores a checkpoint's files in a scratch place and asks both the same probe. The same again gives the same."""
    from reasoner.students import load

    probe, mode = probe_of(parts.settings), parts.settings.student.mode
    outputs = outputs_hash(parts.student_of(champion), probe, mode)
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as scratch:
        copy = Path(scratch) / champion
        try:
            shutil.copytree(parts.home / "checkpoints" / champion, copy)
            restored = outputs_hash(load(copy), probe, mode)
        except (NotFoundError, OSError) as error:
            restored = str(error)
    return Rehearsal(items=len(probe), outputs=outputs, restored=restored)
