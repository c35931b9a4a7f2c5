"""One training job done by several processes: this one starts them, listens to the leader, and waits for all.

Each is `python -m jobs.rank`. When one fails or this one is asked to stop, the others are told to.
"""

import json
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

POLL_SECONDS = 0.1
GRACE_SECONDS = 60.0
"""After the first one has failed or all were asked to stop, before the rest is killed."""
STARTER_VARIABLE = "JOB_TEAM_STARTER"
"""Mark of the process that started a rank: ranks stop when it is gone."""

ORDER, RESULT, PROGRESS, ERROR = "team.json", "team_result.json", "team_progress.json", "team_error.txt"


def write_whole(path: Path, text: str) -> None:
    """Replaces a file at once, so that whoever reads it meanwhile sees the old text or the new one."""
    partial = path.with_name(f"{path.name}.partial-{os.getpid()}")
    partial.write_text(text)
    partial.replace(path)


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
    size, meeting = payload["processes"], context.folder / f"meeting-{os.getpid()}"
    for name in (RESULT, PROGRESS, ERROR):
        (context.folder / name).unlink(missing_ok=True)
    order = {"kind": kind, "payload": payload, "home": str(context.home), "size": size, "meeting": str(meeting)}
    (context.folder / ORDER).write_text(json.dumps(order))
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
        return json.loads((context.folder / RESULT).read_text())
    if context.should_stop():
        raise KeyboardInterrupt("training was asked to stop; its state is saved")
    raise _failure(context.folder / ERROR, codes)


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
        said = path.read_text() if (path := context.folder / PROGRESS).is_file() else ""
        if said != told:
            told = said
            update = json.loads(said)
            context.report(update["share"], update["note"])
        if deadline == float("inf") and (context.should_stop() or any(rank.poll() for rank in ranks)):
            deadline = time.monotonic() + GRACE_SECONDS
            for rank in ranks:
                rank.send_signal(signal.SIGTERM)
        time.sleep(POLL_SECONDS)
