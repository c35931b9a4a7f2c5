"""`reasoner trace --follow`: tells what a run does until nobody works on it any more."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.reporting.event_text import words
from agents.reporting.figures import duration
from agents.tracing import visits
from reasoner.bootstrap.run_events import run_events
from reasoner.cli.voice import json_line

if TYPE_CHECKING:
    from reasoner.cli.voice import Voice


def follow_run(voice: "Voice", home: Path, run: str, *, cycle: int | None, node: str | None) -> None:
    """Tells all events from the beginning, then each as it is written; ends with the run's process, or by Ctrl-C."""
    try:
        for event in run_events(home, run, follow=True, trace=True):
            if (cycle in (None, event.get("cycle"))) and (node in (None, event.get("node"))):
                _tell(voice, event)
    except KeyboardInterrupt:
        return
    voice.say(f"nobody works on {run} any more")


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
