"""`reasoner models`: checkpoints, and the pointer to the champion."""

from typing import Annotated

import typer

from reasoner.cli import options

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Checkpoints and the champion: list, show, promote.")
CheckpointId = Annotated[
    str, typer.Argument(metavar="CHECKPOINT", help="As `reasoner models list` shows it.", show_default=False)
]


@app.command("list", epilog="Example: [bold]reasoner models list[/bold]")
def list_models(
    run: Annotated[str | None, typer.Option("--run", help="Only of this run.", show_default=False)] = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """List checkpoints in the order in which they were made."""
    from memory.store.checkpoints import CheckpointStore
    from reasoner.cli.store import opened
    from reasoner.cli.voice import Voice, plain_table

    voice = Voice(as_json=json, quiet=quiet)
    with opened(options.home_of(home)) as database:
        store = CheckpointStore(database)
        checkpoints, champion = store.list(run), store.home_champion()
    table = plain_table("checkpoint", "kind", "cycle", "run", "fingerprint", "parent", right=("cycle",))
    for one in checkpoints:
        reigns = champion is not None and one.id == champion.id
        voice.record("checkpoint", {**one.model_dump(mode="json", exclude={"run"}), "champion": reigns}, run=one.run)
        kind = f"{one.kind}, champion" if reigns else one.kind
        table.add_row(one.id, kind, str(one.cycle), one.run, one.fingerprint, one.parent or "-")
    voice.show(table)


@app.command("show", epilog="Example: [bold]reasoner models show CHECKPOINT[/bold]")
def show_model(
    checkpoint: CheckpointId,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show one checkpoint and the decisions about it."""
    from memory.store.checkpoints import CheckpointStore
    from memory.store.decisions import DecisionStore
    from reasoner.cli.store import opened
    from reasoner.cli.voice import Voice, plain_table

    voice, folder = Voice(as_json=json, quiet=quiet), options.home_of(home)
    with opened(folder) as database:
        found = CheckpointStore(database).get(checkpoint)
        decisions = [
            one for one in DecisionStore(database).for_run(found.run) if found.id in (one.candidate, one.champion)
        ]
    told = [decision.model_dump(mode="json") for decision in decisions]
    voice.record("checkpoint", {**found.model_dump(mode="json", exclude={"run"}), "decisions": told}, run=found.run)
    table = plain_table("", "")
    table.show_header = False
    for name, value in found.model_dump(mode="json").items():
        table.add_row(name, str(value) or "-")
    table.add_row("folder", str(folder / "checkpoints" / found.id))
    for decision in decisions:
        role = "candidate" if decision.candidate == found.id else "champion"
        table.add_row(
            f"decision {decision.id}", f"cycle {decision.cycle}, as {role}: {decision.verdict}. {decision.reason}"
        )
    voice.show(table)


@app.command("promote", epilog="Example: [bold]reasoner models promote --decision ID[/bold]")
def promote_model(
    decision: Annotated[
        str, typer.Option("--decision", metavar="ID", help="The gate's recorded word.", show_default=False)
    ],
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Make a candidate champion on a recorded decision; refused without one."""
    from memory.promotion import promote
    from reasoner.cli.store import opened
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)
    with opened(options.home_of(home)) as database:
        champion = promote(database, decision)
    voice.record(
        "checkpoint", {**champion.model_dump(mode="json", exclude={"run"}), "champion": True}, run=champion.run
    )
    voice.show(f"champion: {champion.id} of run {champion.run}")
