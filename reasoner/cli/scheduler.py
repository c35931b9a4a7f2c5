"""`reasoner scheduler`: the process that fires schedules."""

from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options

if TYPE_CHECKING:
    from reasoner.types.schedule import Firing

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: [bold]reasoner scheduler --once[/bold]")
def scheduler(
    once: Annotated[bool, typer.Option("--once", help="Fire what is due, wait for it, and end.")] = False,
    no_work: Annotated[bool, typer.Option("--no-work", help="Only file the nights; workers run them.")] = False,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Fire schedules at their times, and run their nights in child processes. Any number may run on one home."""
    from reasoner.bootstrap.schedules import keep_watch
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)

    def say(firing: "Firing") -> None:
        voice.record("firing", firing.model_dump(mode="json"))
        word = firing.outcome.upper() if firing.outcome in ("missed", "failed") else firing.outcome
        voice.show(
            f"{firing.fired_at} {firing.schedule}: {firing.scheduled} {word} {firing.job} {firing.note}".rstrip()
        )

    keep_watch(home=options.home_of(home), once=once, work=not no_work, say=say)
