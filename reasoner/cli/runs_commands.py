"""`reasoner runs` with all its commands; each file has some."""

import typer

from reasoner.cli import run_page, run_spans, runs, runs_fork, runs_prune

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Runs of the loop: list them, show one, make its page, ask what if, compare two, clear up.",
)
for part in (runs, runs_fork, runs_prune, run_page, run_spans):
    app.add_typer(part.app)
