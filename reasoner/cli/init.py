"""`reasoner init`: from rows to a task file and settings, each value with its reason."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options

if TYPE_CHECKING:
    from reasoner.bootstrap.init_task import Initialised
    from reasoner.cli.voice import Voice

app = typer.Typer(add_completion=False)


@app.command(
    epilog="Example: [bold]reasoner init --task my-problems.jsonl[/bold]; "
    "[bold]reasoner init --task my-problems.jsonl --out tasks --dry-run[/bold]"
)
def init(
    task: Annotated[
        str | None,
        typer.Option(
            "--task",
            metavar="ROWS",
            help="Rows: .jsonl, .json, .csv, .tsv, .parquet, a folder that `save_to_disk` wrote, or hf:owner/name.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where to write; made where it is missing.")
    ] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that are there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be written; write nothing.")] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Look at rows; propose a task file and settings, with the reason for each value."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)
    found = bootstrap.init_task(task, out=out.expanduser(), force=force, dry_run=dry_run)
    voice.record("init", found.model_dump(mode="json"))
    _show(found, voice)


def _show(found: "Initialised", voice: "Voice") -> None:
    from reasoner.cli.voice import plain_table

    if found.written:
        table = plain_table("key", "proposed", "because")
        for key, one in found.proposed.items():
            table.add_row(key, str(one["value"]) if one["value"] not in ("", {}) else "-", one["reason"])
        voice.say(table)
    else:
        voice.show(f"# {found.task_file}\n{found.task_text}\n# {found.settings_file}\n{found.settings_text}")
    voice.say(
        f"{found.read} rows can be used, {found.refused} cannot; {found.looked_at} were looked at for the columns"
    )
    for warning in found.warnings:
        voice.show(f"note: {warning}")
    if found.refused:
        voice.show(
            f"a loop refuses these rows until they are mended; the first of {found.refused}: {found.first_refused}"
        )
    if found.written:
        voice.show(f"written: {found.task_file}, {found.settings_file}")
        voice.say("look through both, then prove the task and begin:")
        voice.say(f"  reasoner tasks check {found.task_file}")
        voice.say(f"  reasoner loop --cycles 3 --config {found.settings_file}")
