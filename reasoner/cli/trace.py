"""`reasoner trace`: the events of a run, readable."""

from pathlib import Path
from typing import Any

import typer

from reasoner.cli import options
from reasoner.cli.runs import RunId

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: [bold]reasoner trace 20261122-0915-math-nano-k3f9[/bold]")
def trace(
    run: RunId,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show what happened in a run, in order."""
    from agents.reporting.events import read_events
    from reasoner.cli.voice import Voice
    from reasoner.cli.wording import sentence

    voice = Voice(as_json=json, quiet=quiet)
    for event in read_events(_folder(options.home_of(home), run)):
        voice.record(
            event["event"], {key: value for key, value in event.items() if key not in ("event", "run")}, run=run
        )
        voice.show(sentence(event) or _remark(event))


def _remark(event: dict[str, Any]) -> str:
    """What only those who look closely want to know: how long each node took, when a cycle ended."""
    from agents.reporting.figures import duration

    cycle = f"cycle {event['cycle']}  " if "cycle" in event else ""
    if event["event"] == "node":
        return f"{cycle}{event['node']} took {duration(event['seconds'])}"
    if event["event"] == "cycle":
        return f"{cycle}ended, {duration(event['seconds'])} into the run"
    return f"{cycle}{event['event']}"


def _folder(home: Path, run: str) -> Path:
    from reasoner.errors import NotFoundError

    folder = home / "runs" / run
    if Path(run).name != run or not (folder / "events.jsonl").is_file():
        raise NotFoundError(f"run {run!r} is not in {str(home)!r}; `reasoner runs list` shows those that are.")
    return folder
