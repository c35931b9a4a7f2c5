"""Spans from a run's events: start of the run > cycle > node > teacher call. Times are those of the events.

Ids follow from the run's id and the event's key, so that what is sent twice, such as after a crash, is the same span. A
cycle belongs to the start of the run that it began in; a start ends with the run, with a limit, or where the next one
begins.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from agents.reporting.events import Event
from agents.telemetry.redaction import safe

MOMENTS = 32
"""Events within a node that its span tells of."""
LAST_NODE = {0: "prepare"}
"""The node that ends a cycle, where it is not `report`."""

Plain = str | int | float | bool


@dataclass(frozen=True)
class Moment:
    """Something that happened within a span."""

    name: str
    time: int
    """Nanoseconds since 1970."""
    attributes: dict[str, Plain]


@dataclass(frozen=True)
class ModelCall:
    """A call of a teacher, as its span tells it."""

    model: str
    messages: tuple[tuple[str, str], ...]
    """Role and content."""
    prompt_tokens: int
    completion_tokens: int
    usd: float


@dataclass(frozen=True)
class Span:
    """One stretch of work."""

    run: str
    key: str
    """Unique in the run."""
    parent: str
    """Its parent's key; empty for a start of the run."""
    name: str
    kind: Literal["CHAIN", "LLM"]
    start: int
    """Nanoseconds since 1970, as `end`."""
    end: int
    input: str = ""
    output: str = ""
    error: str = ""
    attributes: dict[str, Plain] = field(default_factory=dict[str, Plain])
    moments: tuple[Moment, ...] = ()
    call: ModelCall | None = None

    @property
    def trace_id(self) -> int:
        """128 bits, the run's."""
        return _number(self.run, 16)

    @property
    def span_id(self) -> int:
        """64 bits."""
        return _number(f"{self.run}|{self.key}", 8)

    @property
    def parent_id(self) -> int | None:
        """64 bits; None for a start of the run."""
        return _number(f"{self.run}|{self.parent}", 8) if self.parent else None


CallsOf = Callable[[Event, "Span"], Sequence[Span]]
"""The teacher calls of a node, given its event and its span."""


@dataclass
class _Open:
    """A start of the run or a cycle that has not ended."""

    key: str
    parent: str
    start: int
    end: int


class SpanMaker:
    """Takes a run's events in order and gives the spans that each of them ends."""

    def __init__(self, calls_of: CallsOf) -> None:
        self._calls_of = calls_of
        self._launch: _Open | None = None
        self._starts = 0
        self._cycles: dict[int, _Open] = {}
        self._begun: dict[tuple[int, str], int] = {}
        self._moments: dict[int, list[Moment]] = {}
        self._run, self._now = "", 0

    def take(self, event: Event) -> list[Span]:
        """The spans that end with this event."""
        time, before = nanoseconds(event["time"]), self._now
        self._run, self._now = event["run"], time
        if event["event"] == "launch":
            ended = self._end_launch(event, before)
            self._launch = _Open(f"start/{event.get('start', self._starts)}", "", time, time)
            self._starts += 1
            return ended
        if event["event"] in ("done", "limit") and "cycle" not in event:
            return self._end_launch(event, time)
        cycle = event.get("cycle")
        if not isinstance(cycle, int):
            return []
        if event["event"] == "node":
            return self._node(event, cycle, time)
        self._open(cycle, time)
        self._moment(event, cycle, time)
        return []

    def close(self) -> list[Span]:
        """What is still open, as if it ended with the last event: for a run that is not at work."""
        ended = [self._cycle(self._run, cycle) for cycle in sorted(self._cycles)]
        return [*ended, *self._end_launch({"run": self._run}, self._now)]

    def _open(self, cycle: int, start: int) -> _Open:
        parent = self._launch.key if self._launch else "start/0"
        found = self._cycles.setdefault(cycle, _Open(f"cycle/{cycle}", parent, start, start))
        found.start, found.end = min(found.start, start), max(found.end, start)
        return found

    def _node(self, event: Event, cycle: int, time: int) -> list[Span]:
        name = str(event["node"])
        if "seconds" not in event:
            self._begun[cycle, name] = time
            self._open(cycle, time)
            return []
        begun = self._begun.pop((cycle, name), time - round(float(event["seconds"]) * 1e9))
        whole = self._open(cycle, begun)
        whole.end = max(whole.end, time)
        span = Span(
            run=event["run"],
            key=f"{cycle}/node/{name}",
            parent=whole.key,
            name=name,
            kind="CHAIN",
            start=begun,
            end=time,
            input=_json(event.get("in")),
            output=_json(event.get("out")),
            error=str(event.get("error", "")),
            attributes={"reasoner.cycle": cycle, "reasoner.node": name},
            moments=tuple(self._moments.pop(cycle, [])),
        )
        ended = [*self._calls_of(event, span), span]
        if name == LAST_NODE.get(cycle, "report"):
            ended.append(self._cycle(event["run"], cycle))
        return ended

    def _cycle(self, run: str, cycle: int) -> Span:
        found = self._cycles.pop(cycle)
        return Span(
            run=run,
            key=found.key,
            parent=found.parent,
            name=f"cycle {cycle}",
            kind="CHAIN",
            start=found.start,
            end=found.end,
            attributes={"reasoner.cycle": cycle},
        )

    def _end_launch(self, event: Event, time: int) -> list[Span]:
        found, self._launch = self._launch, None
        if found is None:
            return []
        told = {key: value for key, value in event.items() if key not in ("event", "run", "key", "time", "home")}
        return [
            Span(
                run=event["run"],
                key=found.key,
                parent="",
                name=f"run {event['run']}",
                kind="CHAIN",
                start=found.start,
                end=max(time, found.start),
                output=_json(told) if event.get("event") in ("done", "limit") else "",
                attributes={"reasoner.start": found.key},
            )
        ]

    def _moment(self, event: Event, cycle: int, time: int) -> None:
        kept = self._moments.setdefault(cycle, [])
        if len(kept) < MOMENTS:
            plain = {
                key: safe(value) if isinstance(value, str) else value
                for key, value in event.items()
                if isinstance(value, str | int | float | bool) and key not in ("event", "run", "key", "time", "cycle")
            }
            kept.append(Moment(str(event["event"]), time, plain))


def nanoseconds(moment: str) -> int:
    """An ISO moment as nanoseconds since 1970; exact to the microsecond, which is all that events tell."""
    found = datetime.fromisoformat(moment)
    return int(found.timestamp()) * 10**9 + found.microsecond * 1000


def _json(value: Any) -> str:
    return safe(json.dumps(value, ensure_ascii=False)) if value not in (None, {}, "") else ""


def _number(text: str, size: int) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:size], "big") or 1
