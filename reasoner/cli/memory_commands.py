"""`reasoner memory` with all its commands; each file has some."""

import typer

from reasoner.cli import memory, memory_audit, memory_contamination, memory_files, memory_history

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="The latent memory of past solutions: ask it, audit it, undo its changes.",
)
for part in (memory, memory_audit, memory_contamination, memory_history, memory_files):
    app.add_typer(part.app)
