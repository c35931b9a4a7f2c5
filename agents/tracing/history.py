"""A run as it can be read while it goes on and afterwards: its visits, and the milestones told within each.

Runs without a trace (switched off, or made before there was one) have the ends of their nodes in `events.jsonl`, and
are read from there.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median

from agents.reporting.events import Event, read_events
from agents.run_folder import RunFolder
from agents.tracing import visits
from agents.tracing.visits import Visit
from memory.locks import is_held

LIFE = ("launch", "limit", "done", "fork")
"""Events of a run as a whole."""
SLOW = 2.0
"""Times its own median that a node takes to count as slow ..."""
SLOW_SHARE = 0.1
"""... and share of its cycle's time that it takes at least."""


@dataclass(frozen=True)
class History:
    """What became of a run so far."""

    folder: RunFolder
    visits: tuple[Visit, ...]
    events: tuple[Event, ...]
    """Those of `events.jsonl`."""
    live: bool
    """Whether a process is at work on it."""

    @cached_property
    def milestones(self) -> dict[tuple[int, str], list[Event]]:
        """Events told within each node, by cycle and node: in the file they stand before the node's end."""
        found: dict[tuple[int, str], list[Event]] = {}
        pending: dict[int, list[Event]] = {}
        for event in self.events:
            if event["event"] in LIFE or "cycle" not in event:
                continue
            if event["event"] == "node":
                found[event["cycle"], event["node"]] = pending.pop(event["cycle"], [])
            else:
                pending.setdefault(event["cycle"], []).append(event)
        for cycle, events in pending.items():
            last = next((v for v in reversed(self.visits) if v.cycle == cycle), None)
            if last is not None:
                found.setdefault((cycle, last.node), []).extend(events)
        return found

    @cached_property
    def cycles(self) -> list[int]:
        """Their numbers, in order."""
        return sorted({visit.cycle for visit in self.visits})

    @cached_property
    def _usual(self) -> dict[str, float]:
        """Median seconds of each node that was done three times or more."""
        by_node: dict[str, list[float]] = {}
        for visit in self.visits:
            if visit.status == visits.OK:
                by_node.setdefault(visit.node, []).append(visit.seconds)
        return {node: median(seconds) for node, seconds in by_node.items() if len(seconds) >= 3}

    @cached_property
    def _seconds(self) -> Counter[int]:
        return _sums(self.visits)

    def seconds_of(self, cycle: int) -> float:
        """Time at work in its nodes."""
        return self._seconds[cycle]

    def is_slow(self, visit: Visit) -> bool:
        """Whether a visit took twice as long as that node mostly does, and it mattered to its cycle."""
        usual = self._usual.get(visit.node)
        if usual is None or visit.seconds <= SLOW * usual:
            return False
        return visit.seconds >= SLOW_SHARE * self.seconds_of(visit.cycle)

    def at_work(self, visit: Visit) -> bool:
        """Whether a visit goes on right now; an open one that does not was killed."""
        return self.live and visit.status == visits.OPEN and visit is self.visits[-1]

    def told_of(self, visit: Visit) -> list[Event]:
        """All events of a visit; of one without a trace its milestones."""
        if visit.end > visit.start:
            return list(visits.read_events(self.folder.trace, visit.start, visit.end))
        return self.milestones.get((visit.cycle, visit.node), [])


def read_history(home: Path, run: str) -> History:
    """A run of a home.

    Raises:
        FileNotFoundError: it has no events.
    """
    folder = RunFolder(home, run)
    events = read_events(folder.root)
    found = visits.read_visits(folder.trace, folder.visits)
    return History(
        folder=folder,
        visits=tuple(_with_untraced(found, events)),
        events=tuple(events),
        live=is_held(folder.root / "lock"),
    )


def _with_untraced(traced: list[Visit], events: list[Event]) -> list[Visit]:
    """The visits, and what only the events know of, where it belongs."""
    known = {(visit.cycle, visit.node) for visit in traced}
    missing = [
        Visit(
            cycle=event["cycle"],
            node=event["node"],
            attempt=1,
            began="",
            seconds=event["seconds"],
            status=visits.OK,
            error="",
            events=0,
            first=0,
            start=0,
            end=0,
        )
        for event in events
        if event["event"] == "node" and (event["cycle"], event["node"]) not in known
    ]
    if not missing:
        return traced
    # Both lists are in the order of time; a cycle's nodes without a trace were before or after all traced ones.
    return sorted([*missing, *traced], key=lambda visit: visit.cycle)


def _sums(found: tuple[Visit, ...]) -> Counter[int]:
    seconds: Counter[int] = Counter()
    for visit in found:
        seconds[visit.cycle] += visit.seconds  # pyright: ignore[reportArgumentType] - counts of seconds
    return seconds
