"""`reasoner runs report`: the page of a run, made anew."""

from pathlib import Path
from typing import Annotated

import typer

from reasoner.cli import options
from reasoner.cli.ids import full_run
from reasoner.cli.runs import RunId

app = typer.Typer(add_completion=False)
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Where to. Default: report.html in the run's folder.")
]


@app.command("report", epilog="Example: [bold]reasoner runs report latest --out page.html[/bold]")
def report(
    run: RunId,
    out: Out = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write the page of a run: one HTML file that any browser opens offline."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)
    folder = options.home_of(home)
    run = full_run(folder, run)
    path = bootstrap.write_run_page(folder, run, out=out.absolute() if out else None)
    voice.record("page", {"path": str(path), "bytes": path.stat().st_size}, run=run)
    voice.show(f"page: {path}")
