"""`reasoner verify`: solutions by others, ranked by a student's verifier."""

from pathlib import Path
from typing import Annotated

import typer

from reasoner.cli import options
from reasoner.cli.evaluate import Checkpoint

app = typer.Typer(add_completion=False)


@app.command(
    epilog="Example: [bold]reasoner verify example_model_solutions.jsonl[/bold]; "
    "[bold]search.symbolic=false[/bold] leaves the symbolic check out"
)
def verify(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="JSONL: a question, and solutions each with a flag whether it is right.",
            show_default=False,
        ),
    ],
    overrides: options.Overrides = None,
    checkpoint: Checkpoint = None,
    config: options.Config = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Rank solutions written by anyone, and say how often the best ranked is right."""
    from reasoner import bootstrap
    from reasoner.cli.progress import view_for
    from reasoner.cli.tables import ranking_table
    from reasoner.cli.voice import Voice

    settings, voice = options.settings_of(config, overrides), Voice(as_json=json, quiet=quiet)
    with view_for(voice, 0) as view:
        found = bootstrap.verify_file(
            settings, home=options.home_of(home), checkpoint=checkpoint, file=file, progress=view.progress
        )
    voice.record("verify", found.model_dump(mode="json"))
    voice.show(f"checkpoint {found.checkpoint} on {found.file}, judged by {found.judge}\n")
    voice.show(ranking_table(found))
    left = found.solutions - found.scored
    voice.show(f"AUC {'-' if found.auc is None else f'{found.auc:.3f}'} over {found.solutions} solutions")
    if left:
        voice.show(f"{left} of them this student could not have written; they are ranked last")
