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
