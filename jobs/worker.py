"""A worker: takes the next job of the store, has a child do it, and looks for the next.

Any number of workers may share a store. A job belongs to the worker that leased it until it ends or the worker dies;
what a dead one left is swept up by the next to look. Nothing is in the worker's memory that its death would lose.
"""

import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from jobs.queue import POLL_SECONDS, Post
from memory.locks import process_mark
from memory.store.database import Database
from memory.store.jobs import MOST_DEATHS, JobStore
from reasoner.types.job import Job

IDLE_SECONDS = 1.0
"""Between two looks into an empty queue."""


def work(
    database: Database,
    home: Path,
    *,
    handlers: Mapping[str, str] | None = None,
    only: Collection[str] = (),
    until_empty: bool = False,
    most: int | None = None,
    stop: Callable[[], bool] = lambda: False,
    tell: Callable[[Job], None] = lambda _job: None,
) -> int:
    """Does jobs, highest priority first; returns how many it had in hand.

    Args:
        database: the store.
        home: folder of the home.
        handlers: `module:function` for kinds whose work belongs to a higher floor.
        only: kinds to take; empty for all.
        until_empty: ends when nothing waits; otherwise it waits for more.
        most: ends after so many.
        stop: asked ten times a second; when true the child saves, its job is queued again, and the worker ends.
        tell: told each job as it is taken, and as it stands when it is left.
    """
    store, mark, done = JobStore(database), process_mark(), 0
    while not stop() and (most is None or done < most):
        for dead in store.sweep():
            tell(_given_up(store, dead) if dead.state == "queued" and dead.deaths >= MOST_DEATHS else dead)
        job = store.lease(mark, only=only)
        if job is None:
            if until_empty:
                break
            _wait(IDLE_SECONDS, stop)
            continue
        done += 1
        tell(job)
        handler = (handlers or {}).get(job.spec.kind, "")
        tell(_do(store, Post(database, home.resolve(), job, handler=handler), job, stop, mark))
    return done


def _do(store: JobStore, post: Post, job: Job, stop: Callable[[], bool], mark: str) -> Job:
    """Has a child do the job, another if it dies, until the job has ended or the worker is to stop."""
    stillborn = 0
    try:
        while True:
            job = post.job()
            if job.state != "queued":
                return job
            if job.deaths + stillborn >= MOST_DEATHS:
                return _given_up(store, job, post.last_exit())
            if not post.is_manned():
                post.man()
            while post.is_manned():
                if stop():
                    post.relieve()
                    return post.job()
                time.sleep(POLL_SECONDS)
            after = post.job()
            if after.attempts == job.attempts:
                stillborn += 1
            elif after.state == "queued" and after.deaths == job.deaths:
                return after  # it was asked to stop, and has saved
    finally:
        store.release(job.id, mark)


def _given_up(store: JobStore, job: Job, cause: str = "") -> Job:
    died = f" ({cause})" if cause else ""
    return store.fail(
        job.id, error=f"its process died {MOST_DEATHS} times in a row{died}; what was saved stays: file it again"
    )


def _wait(seconds: float, stop: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not stop():
        time.sleep(POLL_SECONDS)
