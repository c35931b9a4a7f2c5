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
    from agents.reporting.overview import overview
    from memory.store.runs import RunStore
    from reasoner.cli.store import opened
    from reasoner.cli.tables import runs_table
    from reasoner.cli.voice import Voice

    voice, folder = Voice(as_json=json, quiet=quiet), options.home_of(home)
    with opened(folder) as database:
        rows = RunStore(database).list()
        found = [overview(row, home=folder, database=database) for row in rows]
    for row, one in zip(rows, found, strict=True):
        known = row.model_dump(mode="json", exclude={"id", "settings"})
        voice.record("run", {**one.model_dump(mode="json", exclude={"run", "state"}), **known}, run=row.id)
    voice.show(runs_table(found, aside={row.id for row in rows if row.superseded}))


@app.command("show", epilog="Example: [bold]reasoner runs show latest[/bold]")
def show_run(
    run: RunId,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show one run: its state, its cycles, its report."""
    from agents.reporting.events import read_events
    from agents.reporting.keeping import keeping_lines
    from agents.reporting.nothing_learnt import lines_of, nothing_learnt, record_of
    from agents.reporting.summary import cycle_rows, summarise
    from memory.store.ids import IdStore
    from memory.store.runs import RunStore
    from reasoner.cli.store import opened
    from reasoner.cli.tables import coverage_line, cycles_table
    from reasoner.cli.voice import Voice

    voice, folder = Voice(as_json=json, quiet=quiet), options.home_of(home)
    with opened(folder) as database:
        run = IdStore(database).full(run, "run")
        row = RunStore(database).get(run)
    summary = summarise(read_events(folder / "runs" / run))
    rows, barren = cycle_rows(summary), nothing_learnt(summary)
    body = {**row.model_dump(mode="json", exclude={"id"}), "table": [one.model_dump(mode="json") for one in rows]}
    body["keeping"] = [
        {"cycle": c.cycle, "repairs": c.repairs, "retention": c.retention}
        for c in summary.cycles
        if c.repairs or c.retention
    ]
    body["learnt_nothing"] = [record_of(cycle) for cycle in barren]
    voice.record("run", body, run=run)
    voice.show(
        f"run {row.id}: {row.state}, {row.cycles_done} cycles, configuration {row.config_hash}, seed {row.seed}\n"
    )
    voice.show(cycles_table(tuple(rows)))
    if covered := coverage_line(tuple(rows)):
        voice.show(covered)
    for line in keeping_lines(summary):
        voice.show(line)
    for line in (line for cycle in barren for line in lines_of(cycle)):
        voice.show(line)
    voice.show(f"folder: {folder / 'runs' / run}")
