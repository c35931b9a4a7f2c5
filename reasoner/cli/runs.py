"""`reasoner runs`: which runs there are, and what became of one."""

from typing import Annotated

import typer

from reasoner.cli import options
from reasoner.cli.ids import SHORT

app = typer.Typer(add_completion=False)
RunId = Annotated[
    str, typer.Argument(metavar="RUN", help=f"As `reasoner runs list` shows it. {SHORT}", show_default=False)
]


@app.command("list", epilog="Example: [bold]reasoner runs list --json[/bold]")
def list_runs(
    home: options.Home = None, json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False
) -> None:
    """List the runs of a home, oldest first: state, champion, gain on the sealed set, dollars and time."""
    from reasoner.bootstrap.run_lists import list_runs as listed
    from reasoner.cli.tables import runs_table
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)
    found = listed(options.home_of(home))
    for row, one in found:
        known = row.model_dump(mode="json", exclude={"id", "settings"})
        voice.record("run", {**one.model_dump(mode="json", exclude={"run", "state"}), **known}, run=row.id)
    voice.show(runs_table([one for _, one in found], aside={row.id for row, _ in found if row.superseded}))


@app.command("show", epilog="Example: [bold]reasoner runs show latest[/bold]")
def show_run(
    run: RunId,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show one run: its state, its cycles, its report."""
    from reasoner.bootstrap.run_lists import show_run as shown
    from reasoner.cli.tables import coverage_line, cycles_table
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)
    found = shown(options.home_of(home), run)
    row = found.row
    told = found.model_dump(mode="json", include={"table", "keeping", "learnt_nothing"})
    voice.record("run", {**row.model_dump(mode="json", exclude={"id"}), **told}, run=row.id)
    voice.show(
        f"run {row.id}: {row.state}, {row.cycles_done} cycles, configuration {row.config_hash}, seed {row.seed}\n"
    )
    voice.show(cycles_table(found.table))
    if covered := coverage_line(found.table):
        voice.show(covered)
    for line in found.remarks:
        voice.show(line)
    voice.show(f"folder: {found.folder}")
