"""One training job done by several processes: this one starts them, listens to the leader, and waits for all.

Each is `python -m jobs.rank`. When one fails or this one is asked to stop, the others are told to.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from jobs.context import JobContext
from memory.locks import process_mark
from reasoner.errors import CollapseError, TrainingFailed
from reasoner.storage.json_files import read_object, read_text
from reasoner.storage.writing import write_json

POLL_SECONDS = 0.1
GRACE_SECONDS = 60.0
"""After the first one has failed or all were asked to stop, before the rest is killed."""
STARTER_VARIABLE = "JOB_TEAM_STARTER"
"""Mark of the process that started a rank: ranks stop when it is gone."""

MEETING, BOARD = "meeting", "-board"
"""The file through which a team meets carries its starter's process id; the memory that it shares lies beside it."""
AGAIN = "run the same command again"

ORDER, RESULT, PROGRESS, ERROR = "team.json", "team_result.json", "team_progress.json", "team_error.txt"


def work_together(kind: str, context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """The leader's result.

    Args:
        kind: of the job.
        context: of the job; the ranks share its folder.
        payload: `processes` says how many.

    Raises:
        TrainingFailed: one of them failed; its words are in the job's log.
        CollapseError: the student collapsed.
        KeyboardInterrupt: they were asked to stop, and the leader has saved the state.
    """
    size, meeting = payload["processes"], context.folder / f"{MEETING}-{os.getpid()}"
    remove_leftovers(context.folder)
    for name in (RESULT, PROGRESS, ERROR):
        (context.folder / name).unlink(missing_ok=True)
    order = {"kind": kind, "payload": payload, "home": str(context.home), "size": size, "meeting": str(meeting)}
    write_json(context.folder / ORDER, order)
    ranks = [_start(context.folder, rank) for rank in range(size)]
    try:
        _wait(ranks, context)
    finally:
        for rank in ranks:
            rank.kill()
        codes = [rank.wait() for rank in ranks]
        for file in context.folder.glob(f"{meeting.name}*"):
            file.unlink(missing_ok=True)
    if not any(codes):
        return read_object(context.folder / RESULT, mend=AGAIN)
    if context.should_stop():
        raise KeyboardInterrupt("training was asked to stop; its state is saved")
    raise _failure(context.folder / ERROR, codes)


def remove_leftovers(folder: Path) -> None:
    """Removes what killed processes left: the lock of the job's folder says that nobody else is at it."""
    for pattern in (f"{MEETING}-*", "*.partial-*"):
        for left in folder.glob(pattern):
            pid = left.name.removesuffix(BOARD).rpartition("-")[2]
            if pid.isdigit() and not process_mark(int(pid)):
                left.unlink(missing_ok=True)


def _failure(path: Path, codes: list[int]) -> TrainingFailed:
    """What became of a team whose processes ended with these codes."""
    kind, _, words = (path.read_text() if path.is_file() else "").partition(": ")
    if kind == CollapseError.__name__:
        return CollapseError(words)
    told = f": {words}" if words else ""
    return TrainingFailed(f"{len(codes)} processes trained together and ended with the exit codes {codes}{told}")


def _start(folder: Path, rank: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, STARTER_VARIABLE: process_mark()}
    command = [sys.executable, "-P", "-m", "jobs.rank", "--folder", str(folder), "--rank", str(rank)]
    return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)


def _wait(ranks: list[subprocess.Popen[bytes]], context: JobContext) -> None:
    """Returns once all have ended or the time for that has passed; passes on what the leader says."""
    told, deadline = "", float("inf")
    while any(rank.poll() is None for rank in ranks) and time.monotonic() < deadline:
        said = read_text(path, mend=AGAIN) if (path := context.folder / PROGRESS).is_file() else ""
        if said != told:
            told = said
            update = read_object(path, mend=AGAIN)
            context.report(update["share"], update["note"])
        if deadline == float("inf") and (context.should_stop() or any(rank.poll() for rank in ranks)):
            deadline = time.monotonic() + GRACE_SECONDS
            for rank in ranks:
                rank.send_signal(signal.SIGTERM)
        time.sleep(POLL_SECONDS)
