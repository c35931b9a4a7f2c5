"""`reasoner memory import`, `backup`, `restore`: the memory in and out of a home."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import interruption, options

if TYPE_CHECKING:
    from agents.importing import Refusal
    from memory.backup import Manifest
    from reasoner.bootstrap.memory_files import Imported
    from reasoner.cli.voice import Voice

app = typer.Typer(add_completion=False)


@app.command(
    "import",
    epilog="Example: [bold]reasoner memory import solutions.jsonl --dry-run[/bold]; "
    "[bold]reasoner memory import solutions.parquet --teacher gpt-oss[/bold]",
)
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="JSON lines or Parquet, in any form of docs/data-format.md.", show_default=False
        ),
    ],
    teacher: Annotated[
        str | None,
        typer.Option(
            "--teacher", metavar="NAME", help="Who wrote rows that name nobody. Default: the file.", show_default=False
        ),
    ] = None,
    domain: Annotated[
        str | None,
        typer.Option(
            "--domain", help="Of rows that name none. Default: that of the home's student.", show_default=False
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row; keep nothing.")] = False,
    config: options.Config = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Take solutions from a file into the memory, each only if the domain finds that it holds. Ends with 1 if every
    row is refused."""
    from reasoner import bootstrap
    from reasoner.cli.progress import view_for
    from reasoner.cli.voice import Voice
    from reasoner.errors import ReasonerError
    from reasoner.types.printable import shortened

    voice, listed = Voice(as_json=json, quiet=quiet), _Refused()
    if not dry_run:
        interruption.saves()
    with view_for(voice, 0) as view:
        done = bootstrap.import_memory(
            options.home_of(home),
            file,
            domain=domain,
            usual_domain=options.settings_of(config, []).task.name,
            teacher=teacher,
            dry_run=dry_run,
            refused=lambda one: listed.note(one, voice),
            progress=view.progress,
        )
    voice.record("import", done.model_dump(mode="json"))
    _show_import(voice, done, listed)
    if sum(done.refused.values()) == done.rows:
        reason, count = max(done.refused.items(), key=lambda found: found[1])
        raise ReasonerError(
            f"{shortened(str(file))}: none of {done.rows} rows was accepted; most often because: {reason} ({count}). "
            "docs/data-format.md shows the forms of a row"
        )


@app.command(
    "backup",
    epilog="Example: [bold]reasoner memory backup backups/monday[/bold]; "
    "[bold]reasoner memory restore backups/monday --home again[/bold]",
)
def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder.", show_default=False)],
    with_checkpoints: Annotated[
        bool,
        typer.Option(
            "--with-checkpoints",
            help="Every student, not only the champion and the one that the memory is searched with.",
        ),
    ] = False,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Copy the store, as it is at one moment, while runs go on."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)
    made = bootstrap.backup_memory(options.home_of(home), folder, with_checkpoints=with_checkpoints)
    _show_backup(voice, "backup", made)
    for id in made.missing:
        voice.show(f"the files of checkpoint {id} are not in the home, so they are not in the backup")
    voice.show(f"backup in {folder}; `reasoner memory restore {folder} --home DIR` makes a home of it")


@app.command("restore", epilog="Example: [bold]reasoner memory restore backups/monday --home again[/bold]")
def restore(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="What `reasoner memory backup` made.", show_default=False)
    ],
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Make a new home from a backup, once its sums are found right."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    voice, place = Voice(as_json=json, quiet=quiet), options.home_of(home)
    _show_backup(voice, "restore", bootstrap.restore_memory(folder, home=place))
    voice.show(f"restored in {place}")


def _show_backup(voice: "Voice", event: str, manifest: "Manifest") -> None:
    from reasoner.cli.voice import plain_table

    voice.record(event, manifest.model_dump(mode="json"))
    table = plain_table("", "")
    table.show_header = False
    table.add_row("made", f"{manifest.made_at}, reasoner {manifest.package}, tables of revision {manifest.revision}")
    for name in ("examples", "latents", "wrong_attempts", "verdicts", "runs"):
        table.add_row(name.replace("_", " "), str(manifest.counts[name]))
    table.add_row("searched with", manifest.encoder or "nothing: it remembers nothing and has no champion")
    table.add_row("students", ", ".join(manifest.checkpoints) or "none")
    voice.show(table)


class _Refused:
    """The first refused row of each reason, for people; every one goes to programs as it is met."""

    def __init__(self) -> None:
        self.first: dict[str, Refusal] = {}

    def note(self, one: "Refusal", voice: "Voice") -> None:
        voice.record("refused", one.model_dump(mode="json"))
        self.first.setdefault(one.reason, one)


def _show_import(voice: "Voice", done: "Imported", listed: _Refused) -> None:
    from reasoner.cli.voice import plain_table

    refused = sum(done.refused.values())
    if listed.first:
        table = plain_table("refused because", "rows", "first in line", "given", right=("rows", "first in line"))
        for reason, one in sorted(listed.first.items()):
            table.add_row(reason, str(done.refused[reason]), str(one.line), one.given)
        voice.show(table)
        voice.show("--json lists every refused row\n")
    table = plain_table("what", "count", right=("count",))
    table.show_header = False
    table.add_row("rows", str(done.rows))
    table.add_row("would be accepted" if done.dry_run else "accepted", str(done.accepted))
    if done.unread:
        table.add_row("  of which the domain could not read the question", str(done.unread))
    table.add_row("already known", str(done.known))
    table.add_row("merged with something alike", str(done.merged))
    table.add_row("refused", str(refused))
    voice.show(table)
    voice.show("nothing was kept: --dry-run" if done.dry_run else f"lineage of what was accepted: {done.run}")
