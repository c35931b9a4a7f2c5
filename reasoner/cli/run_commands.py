"""`reasoner runs` with all its commands; each file has some."""

import typer

from reasoner.cli import run_page, run_spans, runs

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Runs of the loop: list, show, report, export.")
for part in (runs, run_page, run_spans):
    app.add_typer(part.app)
