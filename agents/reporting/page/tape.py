"""One pass over a run's `events.jsonl`: what the figures are made of, and what happened within each node.

Whatever else a run writes is counted and, a few lines a visit, quoted, so that the page of a run with 100,000 events
needs no more memory than its figures do. An event belongs to the node that it names or, if it names none, to the next
node of its cycle that ends.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.reporting.events import Event
from agents.run_folder import RESTORE
from reasoner.storage.json_lines import numbered_lines

FIGURES = frozenset({
    "launch", "evaluation", "decision", "failures", "teacher", "judge", "examples", "verifier", "search", "job", "node",
    "cycle", "limit", "repairs", "retention", "done",
})  # fmt: skip
"""Events that the figures are made of; there are a few a node."""

QUOTED = 6
"""Events of a visit that are quoted; the rest is counted."""
LONGEST = 200
"""Characters of an event that are quoted."""
BESIDE = frozenset({"event", "run", "cycle", "key", "time", "node"})
"""Fields that stand elsewhere."""


@dataclass
class Visit:
    """A node at work in a cycle."""

    node: str
    cycle: int
    seconds: float = 0.0
    ended: str = ""
    """ISO moment; empty while it has not ended."""
    quoted: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """Moment, name and words of its first events."""
    events: int = 0
    """Of all kinds."""

    def take(self, lines: list[tuple[str, str, str]], count: int) -> None:
        """More events."""
        self.quoted += lines[: QUOTED - len(self.quoted)]
        self.events += count


@dataclass(frozen=True)
class Tape:
    """A run's events."""

    figures: list[Event]
    visits: list[Visit]
    """In the order in which they began to be written."""
    events: int


@dataclass
class _Waiting:
    """Events of a cycle whose node is not known yet."""

    lines: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    count: int = 0


def read_tape(folder: Path) -> Tape:
    """Reads the events of the run in this folder.

    Raises:
        DamagedError: a line is no JSON object; names file and line.
    """
    figures, visits, total = list[Event](), dict[tuple[int, str], Visit](), 0
    waiting: dict[int, _Waiting] = {}
    for event in _events(folder / "events.jsonl"):
        total += 1
        if event["event"] in FIGURES and not _is_beginning(event):
            figures.append(event)
        cycle = event.get("cycle")
        if isinstance(cycle, int):
            _place(event, cycle, visits, waiting)
    return Tape(figures, list(visits.values()), total)


def _place(event: Event, cycle: int, visits: dict[tuple[int, str], Visit], waiting: dict[int, _Waiting]) -> None:
    """Puts an event where it belongs."""
    node = event.get("node")
    ends = event["event"] == "node" and not _is_beginning(event)
    if not isinstance(node, str):
        still = waiting.setdefault(cycle, _Waiting())
        still.count += 1
        if len(still.lines) < QUOTED:
            still.lines.append(_quote(event))
        return
    visit = visits.setdefault((cycle, node), Visit(node, cycle))
    if ends:
        before = waiting.pop(cycle, _Waiting())
        visit.take(before.lines, before.count)
        visit.seconds += float(event.get("seconds", 0.0))
        visit.ended = str(event.get("time", ""))
    visit.take([_quote(event)] if len(visit.quoted) < QUOTED else [], 1)


def _is_beginning(event: Event) -> bool:
    """A node's end says how long it took."""
    return event["event"] == "node" and "seconds" not in event


def _quote(event: Event) -> tuple[str, str, str]:
    words = ", ".join(f"{key} {_short(value)}" for key, value in event.items() if key not in BESIDE)
    cut = words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
    return str(event.get("time", "")), str(event["event"]), cut


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, str):
        return value[:LONGEST]
    return json.dumps(value, ensure_ascii=False)[:LONGEST]


def _events(path: Path) -> Iterator[Event]:
    for _, event in numbered_lines(path, mend=RESTORE, key="event"):
        yield event
