"""`reasoner runs` with all its commands; each file has some."""

import typer

from reasoner.cli import runs, runs_fork, runs_prune

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Runs of the loop: list them, show one, ask what if, compare two, clear up.",
)
for part in (runs, runs_fork, runs_prune):
    app.add_typer(part.app)
