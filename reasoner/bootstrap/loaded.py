"""Students that this process has loaded, so that the next question does not wait for a file to be read again.

Weights of a checkpoint never change: what was loaded once answers for its fingerprint. Threads may ask at once; each
student is loaded by the first of them while the others wait.
"""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reasoner.types.student import Student

MOST = 4
"""Students that are kept; the one that was asked longest ago goes first."""


class _Place:
    """Where one student is, or will be."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.student: Student | None = None


class LoadedStudents:
    """Students by folder, fingerprint and device."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock = most, Lock()
        self._places: OrderedDict[tuple[Path, str, str], _Place] = OrderedDict()

    def get(self, folder: Path, fingerprint: str, device: str, load: Callable[[], "Student"]) -> "Student":
        """The student of a checkpoint, ready to answer.

        Args:
            folder: of its files.
            fingerprint: of what lies there.
            device: as torch names it; where it computes.
            load: makes it, if nobody has; its errors are passed on, and the next who asks loads again.
        """
        from reasoner.training.threads import process_threads

        process_threads()
        key = (folder.resolve(), fingerprint, device)
        with self._lock:
            place = self._places.setdefault(key, _Place())
            self._places.move_to_end(key)
            while len(self._places) > self._most:
                self._places.popitem(last=False)
        with place.lock:
            if place.student is None:
                place.student = load()
            return place.student


LOADED = LoadedStudents()
"""Those of this process."""
