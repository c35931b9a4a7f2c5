"""Reads a run's `events.jsonl`: one JSON object a line, `{"event": name, "run": ..., "cycle": ..., ...}`."""

import json
from pathlib import Path
from typing import Any

from reasoner.errors import DataError

Event = dict[str, Any]


def read_events(folder: Path) -> list[Event]:
    """All events of the run in this folder, in order.

    Raises:
        DataError: a line is not a JSON object; names file and line. A torn last line (no line end) is left out:
            its writer died within it and writes it again.
    """
    path = folder / "events.jsonl"
    lines = path.read_text(encoding="utf-8").split("\n")
    return [_parsed(path, number, line) for number, line in enumerate(lines[:-1], start=1) if line.strip()]


def of_kind(events: list[Event], name: str) -> list[Event]:
    """The events of one name, in order."""
    return [event for event in events if event["event"] == name]


def _parsed(path: Path, number: int, line: str) -> Event:
    try:
        event = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(f"{path}, line {number}: expected a JSON object, got {line[:80]!r}.") from error
    if not isinstance(event, dict) or "event" not in event:
        raise DataError(f"{path}, line {number}: expected a JSON object with `event`, got {line[:80]!r}.")
    return event
