"""Handlers for the tests of the queue: they count in a file, as training does in its checkpoints."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobs.context import JobContext
from jobs.interrupt import Interrupted
from reasoner.errors import CandidateFailed, CollapseError


def count(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """Counts to `payload["to"]`, one line each, going on where the file ends; waits at `wait_at` for a file `go`."""
    file = context.folder / "counted.txt"
    done = len(file.read_text().split()) if file.exists() else 0
    for number in range(done, payload["to"]):
        _heed(context)
        with file.open("a") as lines:
            lines.write(f"{number}\n")
        context.report((number + 1) / payload["to"], f"counted {number}")
        time.sleep(payload.get("pause", 0))
        while number == payload.get("wait_at") and not (context.home / "go").exists():
            _heed(context)
            time.sleep(0.01)
    print("counted all of it")
    return {"counted": file.read_text().split(), "threads": os.environ.get("OMP_NUM_THREADS")}


def _heed(context: JobContext) -> None:
    if context.should_stop():
        (context.folder / "saved").touch()
        raise Interrupted


def fail_first(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """Fails at the first attempt."""
    mark = context.folder / "tried"
    if not mark.exists():
        mark.touch()
        raise ValueError("no luck at first")
    return {"tried": True}


def die(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """Kills its own process at the first `times` attempts."""
    with (context.folder / "deaths").open("a") as deaths:
        deaths.write("x")
    if len((context.folder / "deaths").read_text()) <= payload["times"]:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"alive": True}


def wait_for(file: Path) -> None:
    """Waits until a file exists and is not empty."""
    wait_until(lambda: file.exists() and file.stat().st_size > 0)


def wait_until(true: Callable[[], bool]) -> None:
    """Waits half a minute at most."""
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def collapse(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """Ends as a training does whose latents have collapsed."""
    raise CollapseError("the latents have collapsed: std 0.010 < 0.3")


def too_far(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """Ends as a training does whose candidate is too far from what it began as."""
    raise CandidateFailed("the candidate is 0.123 nats a token away")


def fill_the_disk(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """Writes where there is never any room."""
    Path("/dev/full").write_text("x" * 100_000)
    return {}


def fill_the_memory(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """Asks for more memory than there is."""
    return {"length": len(bytearray(1 << 60))}
