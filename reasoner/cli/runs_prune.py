"""`reasoner runs prune`: clears up after runs, saying first what it would do."""

from typing import Annotated

import typer

from reasoner.cli import options

app = typer.Typer(add_completion=False)

Keep = Annotated[int, typer.Option("--keep", min=0, help="Newest runs that stay, and can be gone on with.")]
OlderThan = Annotated[
    float | None,
    typer.Option(
        "--older-than", min=0, metavar="DAYS", help="Set aside only what ended so many days ago.", show_default=False
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without this, only what would be done is told.")]


@app.command("prune", epilog="Example: [bold]reasoner runs prune --keep 20 --older-than 30 --yes[/bold]")
def prune_runs(
    keep: Keep = 10,
    older_than: OlderThan = None,
    yes: Yes = False,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Make the graph database small: one state for each run that is kept, none for the others.

    Runs that are not kept lose their graph states, traces and latents, and are set aside; their events, evaluations,
    teacher calls, training rows and reports stay. Runs that a champion of the home comes from are always kept.
    """
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice, plain_table

    voice = Voice(as_json=json, quiet=quiet)
    done = bootstrap.prune_runs(options.home_of(home), keep=keep, older_than=older_than, dry_run=not yes)
    table = plain_table("run", "states", "becomes", "because", "files", right=("states", "files"))
    for one in done.runs:
        voice.record("prune", {**one.model_dump(mode="json", exclude={"run"}), "dry_run": not yes}, run=one.run)
        table.add_row(one.run, str(one.states), one.fate, one.why, _size(one.bytes))
    voice.record("pruned", {**done.model_dump(mode="json", exclude={"runs"}), "dry_run": not yes})
    voice.show(table)
    states = f"{done.states_before} graph states {'become' if yes else 'would become'} {done.states_after}"
    sizes = f"graph.db: {_size(done.bytes_before)}" + (f" to {_size(done.bytes_after)}" if yes else "")
    voice.show(f"\n{states}; {sizes}")
    if not yes:
        voice.show("nothing was done; --yes does it")


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.1f} kB" if count else "-"
