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
from reasoner.errors import TrainingFailed

POLL_SECONDS = 0.1
GRACE_SECONDS = 60.0
"""After the first one has failed or all were asked to stop, before the rest is killed."""
STARTER_VARIABLE = "JOB_TEAM_STARTER"
"""Mark of the process that started a rank: ranks stop when it is gone."""

ORDER, RESULT, PROGRESS = "team.json", "team_result.json", "team_progress.jsonl"


def work_together(kind: str, context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """The leader's result.

    Args:
        kind: of the job.
        context: of the job; the ranks share its folder.
        payload: `processes` says how many.

    Raises:
        TrainingFailed: one of them failed; its words are in the job's log.
        KeyboardInterrupt: they were asked to stop, and the leader has saved the state.
    """
    size, meeting = payload["processes"], context.folder / f"meeting-{os.getpid()}"
    for name in (RESULT, PROGRESS):
        (context.folder / name).unlink(missing_ok=True)
    order = {"kind": kind, "payload": payload, "home": str(context.home), "size": size, "meeting": str(meeting)}
    (context.folder / ORDER).write_text(json.dumps(order))
    ranks = [_start(context.folder, rank) for rank in range(size)]
    try:
        codes = _wait(ranks, context)
    finally:
        for rank in ranks:
            rank.kill()
            rank.wait()
        meeting.unlink(missing_ok=True)
    if context.should_stop():
        raise KeyboardInterrupt("training was asked to stop; its state is saved")
    if any(codes):
        raise TrainingFailed(f"of {size} processes that trained together, the exit codes were {codes}; see the log")
    return json.loads((context.folder / RESULT).read_text())


def _start(folder: Path, rank: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, STARTER_VARIABLE: process_mark()}
    command = [sys.executable, "-P", "-m", "jobs.rank", "--folder", str(folder), "--rank", str(rank)]
    return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)


def _wait(ranks: list[subprocess.Popen[bytes]], context: JobContext) -> list[int | None]:
    """Exit codes, once all have ended or the time for that has passed."""
    told, deadline = 0, float("inf")
    while any(rank.poll() is None for rank in ranks) and time.monotonic() < deadline:
        told = _tell(context, told)
        if deadline == float("inf") and (context.should_stop() or any(rank.poll() for rank in ranks)):
            deadline = time.monotonic() + GRACE_SECONDS
            for rank in ranks:
                rank.send_signal(signal.SIGTERM)
        time.sleep(POLL_SECONDS)
    return [rank.poll() for rank in ranks]


def _tell(context: JobContext, told: int) -> int:
    """Passes on what the leader has said since; returns how many lines it has said."""
    path = context.folder / PROGRESS
    if not path.is_file():
        return told
    lines = path.read_text().split("\n")[:-1]
    if len(lines) > told:
        last = json.loads(lines[-1])
        context.report(last["share"], last["note"])
    return len(lines)
