"""Ordered events of a run."""

from typing import Any

from reasoner.types.record import Record


class TraceEvent(Record):
    """One line of `events.jsonl`: `{"event": name, "run": ..., "cycle": ..., **body}` plus time and key."""

    key: str
    """Unique within the run; writing it twice writes it once."""
    event: str
    run: str
    cycle: int | None
    body: dict[str, Any]


class RunEvent(Record):
    """An event as a door tells it: of a run at work, or read from its folder."""

    event: str
    """Its name, such as `evaluation`, `decision`, `done`; docs/commands.md lists them with what they say."""
    run: str
    cycle: int | None
    """None of what concerns the run as a whole."""
    time: str
    """ISO text in UTC."""
    body: dict[str, Any]
    """All else that it says, plain JSON."""
    words: str
    """One line for people; empty where it has nothing to tell them."""
