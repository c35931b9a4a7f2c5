"""The process that does one job: `python -m jobs.child --home H --job ID`.

It holds the lock of the job's folder while it lives, which is how others know that the job is being worked on: the
system lets go of the lock whatever the process dies of. It knows nothing of its parent. The store's address comes in
the environment, not on the command line, where passwords could be read.
"""

import argparse
import faulthandler
import importlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from jobs.context import DATABASE_VARIABLE, JobContext
from jobs.handlers import HANDLERS, Handler
from jobs.interrupt import stop_on
from jobs.watch import Watch
from memory.locks import claimed, process_mark
from memory.store.database import Database, open_database
from memory.store.jobs import JobStore
from reasoner.errors import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK
from reasoner.storage.refusals import in_words
from reasoner.types.job import Job

EXIT_TAKEN = 75
"""Another process is at this job."""

NOTE_SECONDS = 0.25
"""Between two notes of progress in the store."""


class Clock:
    """Seconds of work that the store has not been told of yet."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def waiting(self) -> float:
        """Seconds since they were last taken."""
        return time.monotonic() - self._since

    def take(self) -> float:
        """The seconds, which now count as told."""
        seconds = self.waiting()
        self._since += seconds
        return seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Does the job; returns the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m jobs.child", description="Does one filed job.")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--job", required=True)
    parser.add_argument("--handler", default="", help="module:function instead of the registered handler of its kind")
    given = parser.parse_args(arguments)
    faulthandler.enable()
    folder: Path = given.home / "jobs" / given.job
    # The lock is tried for a while: a parent that looks whether somebody holds it holds it for a moment itself.
    with stop_on(signal.SIGTERM) as should_stop, claimed(folder / "lock", patience=2.0) as mine:
        if not mine:
            return EXIT_TAKEN
        try:
            return _opened_and_done(given, folder, should_stop)
        except Exception as error:
            # The store itself refuses, so nobody can be told but the log.
            if (told := in_words(error)) is None:
                raise
            print(f"error: {told}", flush=True)
            return EXIT_FAILED


def _opened_and_done(given: argparse.Namespace, folder: Path, should_stop: Callable[[], bool]) -> int:
    database = open_database(given.home, os.environ.get(DATABASE_VARIABLE))
    try:
        return _work(database, folder, given.job, handler=given.handler, should_stop=should_stop)
    finally:
        database.close()


def _work(database: Database, folder: Path, job_id: str, *, handler: str, should_stop: Callable[[], bool]) -> int:
    store = JobStore(database)
    if store.get(job_id).state == "succeeded":
        return EXIT_OK
    job = store.claim(job_id, process=process_mark())
    print(f"--- attempt {job.attempts} of {job.spec.key}, process {os.getpid()}", flush=True)
    clock, watch = Clock(), Watch(database, job)

    def asked() -> bool:
        return should_stop() or watch.should_stop()

    context = JobContext(database.home, job_id, folder, _reporter(store, job, clock), asked)
    try:
        with watch.on():
            result = _handler(job, handler)(context, job.spec.payload)
    except KeyboardInterrupt:
        if watch.broken:
            store.fail(job_id, error=watch.broken, seconds=clock.take())
            return EXIT_FAILED
        store.interrupt(job_id, seconds=clock.take())
        return EXIT_INTERRUPTED
    except Exception as error:
        traceback.print_exc()
        store.fail(job_id, error=_words(error), seconds=clock.take())
        return EXIT_FAILED
    store.succeed(job_id, result=result, seconds=clock.take())
    return EXIT_OK


def _reporter(store: JobStore, job: Job, clock: Clock) -> Callable[[float, str], None]:
    def report(share: float, note: str) -> None:
        if clock.waiting() >= NOTE_SECONDS:
            store.progress(job.id, share=share, note=note, seconds=clock.take())

    return report


def _handler(job: Job, name: str) -> Handler:
    if not name:
        return HANDLERS[job.spec.kind]
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


def _words(error: Exception) -> str:
    if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
        return (
            f"no memory left ({error}); what was saved stays: file it again with a smaller train.batch_size or "
            "student, or with less beside it"
        )
    told = in_words(error)
    return repr(error) if told is None else f"{type(told).__name__}: {told}"


if __name__ == "__main__":
    sys.exit(main())
