"""What a run tells, from its beginning, and while somebody works on it each event as it is written."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agents.reporting.event_text import words
from agents.run_folder import RESTORE, RunFolder
from memory.locks import is_held
from reasoner.errors import NotFoundError
from reasoner.storage.json_lines import object_of
from reasoner.storage.regular import reading
from reasoner.types.loop import LoopOutcome
from reasoner.types.trace import RunEvent, TraceEvent

PAUSE = 0.3
"""Seconds between two looks."""
_HEAD = ("event", "run", "cycle", "time", "key")


def run_events(home: Path, run: str, *, follow: bool = False, trace: bool = False) -> Iterator[dict[str, Any]]:
    """The events of a run as they stand in its folder, in order.

    Args:
        home: its folder.
        run: id.
        follow: goes on with each event that is written, until nobody works on the run.
        trace: also what its nodes told within, where the run has a trace.

    Raises:
        NotFoundError: there is no such run, or it has told nothing yet.
    """
    require_events(home, run)
    folder, place = RunFolder(home, run), 0
    source = folder.trace if trace and folder.trace.is_file() else folder.root / "events.jsonl"
    while True:
        # Asked before the last look: what is written between the two is not missed.
        live = follow and is_held(folder.root / "lock")
        events, place = _news(source, place)
        yield from events
        if not live:
            return
        time.sleep(PAUSE)


def require_events(home: Path, run: str) -> None:
    """Says of a run that is not there, or has not begun, that it is not.

    Raises:
        NotFoundError: it is not.
    """
    folder = home / "runs" / run
    if Path(run).name == run and folder.is_dir() and not (folder / "events.jsonl").is_file():
        raise NotFoundError(f"run {run} has just been begun and has told nothing yet; ask again in a moment")
    if Path(run).name != run or not (folder / "events.jsonl").is_file():
        raise NotFoundError(f"run {run!r} is not in {str(home)!r}; `reasoner runs list` shows those that are.")


def repeated(outcome: LoopOutcome, heard: Sequence[str]) -> dict[str, Any] | None:
    """The event that whoever waits for a run's end has not heard, since it was told before; None if there is none.

    Args:
        outcome: of the run.
        heard: names of the events that were told now; a decision to wait is called `await`.
    """
    from agents.reporting.events import of_kind, read_events

    if outcome.awaiting and "await" not in heard:
        name = "decision"
    elif not outcome.budget_reached and not outcome.awaiting and "done" not in heard:
        name = "done"
    else:
        return None
    return next(iter(of_kind(read_events(outcome.report.parent), name)[-1:]), None)


def told(event: dict[str, Any] | TraceEvent) -> RunEvent:
    """An event of a folder, or one that a run at work has just told, as a record."""
    line = line_of(event) if isinstance(event, TraceEvent) else event
    return RunEvent(
        event=line["event"],
        run=line.get("run", ""),
        cycle=line.get("cycle"),
        time=line.get("time") or datetime.now(UTC).isoformat(timespec="milliseconds"),
        body={key: value for key, value in line.items() if key not in _HEAD},
        words=words(line) or "",
    )


def line_of(event: TraceEvent) -> dict[str, Any]:
    """The event as it stands in `events.jsonl` and on standard output."""
    cycle = {} if event.cycle is None else {"cycle": event.cycle}
    return {"event": event.event, "run": event.run, **cycle, **event.body}


def _news(source: Path, place: int) -> tuple[list[dict[str, Any]], int]:
    """What new whole lines say, and the byte after them."""
    found: list[dict[str, Any]] = []
    with reading(source) as handle:
        handle.seek(place)
        for line in handle:
            if not line.endswith(b"\n"):
                break
            found.append(object_of(line, source, f"byte {place}", mend=RESTORE, key="event"))
            place += len(line)
    return found, place
