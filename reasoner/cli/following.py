"""`reasoner trace --follow`: tells what a run does until nobody works on it any more."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.reporting.figures import duration
from agents.run_folder import RESTORE, RunFolder
from agents.tracing import visits
from memory.locks import is_held
from reasoner.cli.voice import json_line
from reasoner.cli.wording import words
from reasoner.storage.json_lines import object_of
from reasoner.storage.regular import reading

if TYPE_CHECKING:
    from reasoner.cli.voice import Voice

PAUSE = 0.3
"""Seconds between two looks."""


def follow_run(voice: "Voice", home: Path, run: str, *, cycle: int | None, node: str | None) -> None:
    """Tells all events from the beginning, then each as it is written; ends with the run's process, or by Ctrl-C."""
    folder, place = RunFolder(home, run), 0
    source = folder.trace if folder.trace.is_file() else folder.root / "events.jsonl"
    try:
        while True:
            # Asked before the last look: what is written between the two is not missed.
            live = is_held(folder.root / "lock")
            events, place = _news(source, place)
            for event in events:
                if (cycle in (None, event.get("cycle"))) and (node in (None, event.get("node"))):
                    _tell(voice, event)
            if not live:
                break
            time.sleep(PAUSE)
    except KeyboardInterrupt:
        return
    voice.say(f"nobody works on {run} any more")


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


def _tell(voice: "Voice", event: dict[str, Any]) -> None:
    if voice.as_json:
        print(json_line(event), flush=True)
        return
    cycle = f"cycle {event['cycle']}  " if "cycle" in event else ""
    clock = event.get("time", "")[11:19]
    voice.show(f"{clock}  {cycle}{_line(event)}")


def _line(event: dict[str, Any]) -> str:
    node = event.get("node", "")
    if event["event"] == "start":
        again = f" (attempt {event['attempt']})" if event["attempt"] > 1 else ""
        return f"{node} begins{again}"
    if event["event"] == "node":
        error = f": {event['error']}" if event.get("error") else ""
        status = event.get("status", visits.OK)
        ended = "done" if status == visits.OK else status.upper() if status == visits.FAILED else status
        return f"{node} {ended} after {duration(event['seconds'])}{error}"
    told = words(event) or ("the cycle ends" if event["event"] == "cycle" else event["event"])
    return f"{node}  {told}" if node else told
