"""Runs a job in a child process and waits for it, whatever died before.

The job's row says how it stands; the lock in its folder says whether a process is at it now. Together they give

    succeeded              its result is returned at once, nothing runs
    lock held              somebody's child is at it (a former parent may have been killed): it is waited for
    queued, lock free      a child is started
    running, lock free     its process died: a child is started and finds the folder as it was left
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from jobs.context import DATABASE_VARIABLE
from jobs.interrupt import Interrupted
from memory.locks import is_alive, is_held, pid_of
from memory.store.database import Database
from memory.store.jobs import JobStore
from reasoner import errors
from reasoner.errors import CandidateFailed, CollapseError, TrainingFailed
from reasoner.types.job import Job, JobSpec

POLL_SECONDS = 0.1
CRASHES = 3
"""Deaths of a child in a row, none further than the one before, until the job is given up."""

GRACE_SECONDS = 60.0
"""Time to save its state for a child that was asked to stop. It survives a harder end too, but loses more work."""

LOG_LINES = 20


def run_job(
    database: Database,
    home: Path,
    spec: JobSpec,
    *,
    on_progress: Callable[[float, str], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
    handler: str = "",
) -> Job:
    """Files a job and returns it when it has succeeded. The same call again finds the same job, done or not.

    Args:
        database: the store.
        home: folder of the home.
        spec: what to do; `payload["threads"]`, if given and not 0, is the child's OMP_NUM_THREADS.
        on_progress: called with share (0 to 1) and note whenever they change.
        stop: asked ten times a second; when true the child saves its state and ends.
        handler: `module:function` instead of the registered handler.

    Raises:
        CandidateFailed: what was trained may not be used, such as a student whose latents failed their contract.
        TrainingFailed: the job ended with another error, or its process died three times; names the log.
        Interrupted: `stop` said so. Any KeyboardInterrupt is passed on after the child has saved.
    """
    store = JobStore(database)
    job = store.file(spec)
    post = Post(database, home.resolve(), job, handler=handler)
    crashes, furthest = 0, job.progress
    try:
        while crashes < CRASHES:
            job = post.job()
            if job.state == "queued" and not post.is_manned():
                post.man()
            _wait(post, on_progress, stop)
            job = store.requeue_if_dead(job.id)
            if job.state == "succeeded":
                return job
            if job.state == "failed":
                raise _failure(job, post.log)
            if job.state == "cancelled":
                raise TrainingFailed(f"job {job.spec.key!r} was {job.error}; the same command files it again")
            crashes = 0 if job.progress > furthest else crashes + 1
            furthest = max(furthest, job.progress)
    except KeyboardInterrupt:
        post.relieve()
        raise
    job = store.fail(job.id, error=f"its process died {CRASHES} times in a row ({post.last_exit()})")
    raise _failure(job, post.log)


def start_job(database: Database, home: Path, spec: JobSpec, *, handler: str = "") -> Job:
    """Files a job and sees to it that a child is at work on it, which outlives this process; does not wait."""
    job = JobStore(database).file(spec)
    post = Post(database, home.resolve(), job, handler=handler)
    if post.job().state == "queued" and not post.is_manned():
        post.man()
    return post.job()


class Post:
    """The place where a job is worked at: at most one child, ours or that of a former parent."""

    def __init__(self, database: Database, home: Path, job: Job, *, handler: str):
        self._store = JobStore(database)
        self._url = database.url
        self._home = home
        self._id = job.id
        self._handler = handler
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = home / "jobs" / job.id / "lock"
        self.log = home / "jobs" / job.id / "log.txt"

    def job(self) -> Job:
        """How the job stands; one whose process died is queued again."""
        return self._store.requeue_if_dead(self._id)

    def progress(self) -> tuple[float, str]:
        """Share done and the last note."""
        return self._store.get(self._id).progress, self._store.note(self._id)

    def is_manned(self) -> bool:
        """Whether a child is at work."""
        return (self._child is not None and self._child.poll() is None) or is_held(self._lock)

    def man(self) -> None:
        """Starts a child. It stands in a session of its own, so that a Ctrl-C at the terminal reaches only us."""
        command = [sys.executable, "-P", "-m", "jobs.child", "--home", str(self._home), "--job", self._id]
        command += ["--handler", self._handler] if self._handler else []
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                command,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def relieve(self) -> None:
        """Asks the child to save its state and end, and waits until it has."""
        deadline = time.monotonic() + GRACE_SECONDS
        while self.is_manned():
            self._signal(signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL)
            time.sleep(POLL_SECONDS)

    def last_exit(self) -> str:
        """What the last child of ours died of."""
        if self._child is None or self._child.returncode is None:
            return "of an unknown cause"
        code = self._child.returncode
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"

    def _signal(self, number: signal.Signals) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(number)
            return
        process = self._store.process(self._id)
        if is_alive(process):
            os.kill(pid_of(process), number)

    def _environment(self) -> dict[str, str]:
        environment = {**os.environ, DATABASE_VARIABLE: self._url}
        threads = self._store.get(self._id).spec.payload.get("threads")
        return {**environment, "OMP_NUM_THREADS": str(threads)} if threads else environment


def _wait(post: Post, on_progress: Callable[[float, str], None] | None, stop: Callable[[], bool]) -> None:
    told = None
    while True:
        manned = post.is_manned()
        if on_progress is not None and (progress := post.progress()) != told:
            on_progress(*progress)
            told = progress
        if not manned:
            return
        if stop():
            raise Interrupted
        time.sleep(POLL_SECONDS)


def _failure(job: Job, log: Path) -> TrainingFailed:
    # An error in words says all; of any other the log knows more.
    in_words = job.error.partition(":")[0] in vars(errors)
    lines = [] if in_words or not log.is_file() else log.read_text(errors="replace").splitlines()[-LOG_LINES:]
    # The child's error crosses as text; these mean something to callers.
    named = {kind.__name__: kind for kind in (CandidateFailed, CollapseError)}
    kind = named.get(job.error.partition(":")[0], TrainingFailed)
    return kind(
        f"job {job.spec.key!r} failed: {job.error}\n"
        + "".join(f"    {line}\n" for line in lines)
        + f"The whole log is {log}; the same command tries again"
    )
