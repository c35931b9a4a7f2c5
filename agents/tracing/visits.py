"""Visits: each time that a node was at work. A small file beside the trace lists them with their places in it.

So a trace of a hundred thousand events is looked through without being read: what belongs to a visit is read when it is
asked for. The list is made from the trace; what it lacks, because its writer was killed, is read there. Nothing here is
heavy to import, as `reasoner trace` shall answer at once.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from reasoner.storage.json_files import damaged
from reasoner.storage.json_lines import numbered_lines, object_of
from reasoner.storage.regular import reading
from reasoner.storage.writing import append_line, cut_torn_line

REMADE = "remove this file: it is made again from the trace beside it"
CLEARED = (
    "restore it from a copy, or move it and the .visits file beside it away: the run goes on and is traced from there"
)

OK = "ok"
FAILED = "failed"
STOPPED = "stopped"
WAITING = "waiting"
OPEN = "open"
"""How a visit ended: done; with an error; by a limit or by a person; for an approval; or not, so far or for ever."""

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Visit:
    """One node at work, once."""

    cycle: int
    node: str
    attempt: int
    """1, and more where a kill or a failure made the node run again."""
    began: str
    """ISO, UTC."""
    seconds: float
    status: str
    error: str
    events: int
    """Lines of the trace between begin and end."""
    first: int
    """Sequence number of the `start` event."""
    start: int
    """Byte of the trace at which the visit begins."""
    end: int
    """Byte after its last line."""


def read_visits(trace: Path, visits: Path) -> list[Visit]:
    """All visits in order; a node that is at work, or was when its process died, is `open` and comes last.

    Args:
        trace: `trace.jsonl` of a run; may be missing.
        visits: the list beside it; may be missing or short.
    """
    known = list(_listed(visits))
    if not trace.is_file():
        return []
    read_from = max((visit.end for visit in known), default=0)
    return known + [visit for visit in scanned(trace, read_from) if visit.start >= read_from]


def scanned(trace: Path, start: int = 0) -> Iterator[Visit]:
    """The visits of a trace from one of its bytes on, read from its events."""
    opened: Visit | None = None
    for place, after, event in _lines(trace, start):
        if event["event"] == "start":
            if opened is not None:
                yield opened
            opened = _begun(event, place, after)
        elif opened is not None and event["event"] == "node":
            yield ended(opened, event, after)
            opened = None
        elif opened is not None:
            opened = replace(opened, events=opened.events + 1, end=after)
    if opened is not None:
        yield opened


def ended(opened: Visit, event: Event, after: int) -> Visit:
    """A visit with the event of its end."""
    return replace(opened, seconds=event["seconds"], status=event["status"], error=event.get("error", ""), end=after)


def _begun(event: Event, place: int, after: int) -> Visit:
    return Visit(
        cycle=event["cycle"],
        node=event["node"],
        attempt=event["attempt"],
        began=event["time"],
        seconds=0.0,
        status=OPEN,
        error="",
        events=0,
        first=event["seq"],
        start=place,
        end=after,
    )


def read_events(trace: Path, start: int = 0, end: int | None = None) -> Iterator[Event]:
    """Events of a trace between two of its bytes; a torn last line is left out."""
    for _, after, event in _lines(trace, start):
        if end is not None and after > end:
            return
        yield event


def append_visit(path: Path, visit: Visit) -> None:
    """Adds a visit that has ended to the list."""
    append_line(path, json.dumps(asdict(visit), ensure_ascii=False), flushed=False)


def mend(trace: Path, visits: Path) -> list[Visit]:
    """Cuts off torn last lines and brings the list up to date, for whoever goes on writing; returns all visits."""
    for path in (trace, visits):
        if path.exists():
            cut_torn_line(path)
    found = read_visits(trace, visits)
    listed = len(list(_listed(visits)))
    for visit in found[listed:]:
        append_visit(visits, visit)
    return found


def _listed(path: Path) -> Iterator[Visit]:
    if not path.exists():
        return
    for number, row in numbered_lines(path, mend=REMADE, key="end"):
        try:
            yield Visit(**row)
        except TypeError as error:
            raise damaged(path, f"holds no visit in line {number} ({error})", REMADE) from error


def _lines(trace: Path, start: int) -> Iterator[tuple[int, int, Event]]:
    """Place, place after it, and event of each whole line."""
    with reading(trace) as handle:
        handle.seek(start)
        place = start
        for line in handle:
            if not line.endswith(b"\n"):
                return
            yield place, place + len(line), object_of(line, trace, f"byte {place}", mend=CLEARED, key="event")
            place += len(line)
