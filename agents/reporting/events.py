"""Reads a run's `events.jsonl`: one JSON object a line, `{"event": name, "run": ..., "cycle": ..., ...}`."""

from pathlib import Path
from typing import Any

from agents.run_folder import RESTORE
from reasoner.storage.json_lines import read_lines

Event = dict[str, Any]


def read_events(folder: Path) -> list[Event]:
    """All events of the run in this folder, in order.

    Raises:
        DamagedError: the file is missing or a line is not an event; names file and line. A torn last line (no line
            end) is left out: its writer died within it and writes it again.
    """
    return read_lines(folder / "events.jsonl", mend=RESTORE, key="event")


def of_kind(events: list[Event], name: str) -> list[Event]:
    """The events of one name, in order."""
    return [event for event in events if event["event"] == name]
