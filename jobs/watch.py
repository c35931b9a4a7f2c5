"""What watches over a job while it works: a thread of its own process that beats, heeds, and knows the limits."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from memory.store.database import Database
from memory.store.jobs import JobStore
from reasoner.types.job import Job

LOOK_SECONDS = 0.5
"""Between two looks at limits and at whether somebody asked the job to stop."""

BEAT_SECONDS = 10.0
"""Between two heartbeats in the store."""

GRACE_SECONDS = 60.0
"""Time to save its state after a limit was met; then the process ends itself."""


class Watch:
    """Over one job in this process.

    Args:
        database: a connection of the thread's own is opened from it.
        job: as claimed.
    """

    def __init__(self, database: Database, job: Job):
        self._store = JobStore(database)
        self._job = job
        self._began = self._beaten = time.monotonic()
        self._stop = threading.Event()
        self._over = threading.Event()
        self.broken = ""
        """The limit that was met, in words; empty for none."""

    def should_stop(self) -> bool:
        """Whether the job is to save and end."""
        return self._stop.is_set()

    @contextmanager
    def on(self) -> Iterator[None]:
        """Watches within the block."""
        thread = threading.Thread(target=self._look_again_and_again, name="watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _look_again_and_again(self) -> None:
        stopped = 0.0
        while not self._over.wait(LOOK_SECONDS):
            if not self._stop.is_set() and self._must_stop():
                self._stop.set()
                stopped = time.monotonic()
            if self.broken and time.monotonic() - stopped > GRACE_SECONDS:
                self._store.fail(self._job.id, error=f"{self.broken}; it did not stop when asked and was ended")
                os._exit(1)

    def _must_stop(self) -> bool:
        self.broken = self._limit_met()
        if time.monotonic() - self._beaten > BEAT_SECONDS:
            self._beaten = time.monotonic()
            return bool(self._store.beat(self._job.id)) or bool(self.broken)
        return bool(self.broken) or bool(self._store.stop_asked(self._job.id))

    def _limit_met(self) -> str:
        spec, seconds = self._job.spec, self._job.seconds + time.monotonic() - self._began
        if spec.minutes is not None and seconds > 60 * spec.minutes:
            return (
                f"it has worked for {seconds / 60:.1f} minutes, {spec.minutes:g} are allowed; its state is saved: file "
                "it again with more to go on"
            )
        held = resident_mb()
        if spec.memory_mb is not None and held > spec.memory_mb:
            return (
                f"its process holds {held} MB of memory, {spec.memory_mb} are allowed; its state is saved: file "
                "it again with more, or with a smaller batch or student"
            )
        return ""


def resident_mb() -> int:
    """Memory that this process holds, in MB; 0 where the system does not tell."""
    status = Path("/proc/self/statm")
    if not status.exists():
        return 0
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20
