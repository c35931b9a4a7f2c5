"""`reasoner doctor`: what is installed, what is missing or damaged, and what mends it.

It works on every home, however damaged, writes nothing to it, and never ends in an error of its own.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options

if TYPE_CHECKING:
    from reasoner.cli.checkup.check import Check

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: [bold]reasoner doctor --json[/bold]; [bold]reasoner doctor --deep[/bold]")
def doctor(
    deep: Annotated[bool, typer.Option("--deep", help="Also try torch, and read every student.")] = False,
    config: options.Config = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Check the installation, the home and the configuration; ends with 1 if something is broken."""
    from rich.text import Text

    from reasoner.cli.voice import Voice, plain_table

    checks = list(examine(options.home_of(home), config, deep=deep))
    voice = Voice(as_json=json, quiet=quiet)
    table = plain_table("what", "", "found", "mend it with")
    for check in checks:
        voice.record("check", check._asdict())
        mark = Text("ok", style="green") if check.ok else Text("broken", style="bold red")
        table.add_row(Text(check.name), mark, Text(check.found), Text(check.mend))
    voice.show(table)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


def examine(home: Path, config: str | None, *, deep: bool = False) -> "Iterator[Check]":
    """Looks at everything a loop needs; one look that fails is a finding, and the others go on."""
    from reasoner.cli.checkup.check import guarded
    from reasoner.cli.checkup.contents import contents
    from reasoner.cli.checkup.databases import databases
    from reasoner.cli.checkup.installation import installation
    from reasoner.cli.checkup.place import is_folder, locks, place
    from reasoner.cli.checkup.settings import configuration

    yield from guarded("installation", lambda: installation(deep=deep))
    yield from guarded("home", lambda: place(home))
    if is_folder(home):
        yield from guarded("locks", lambda: locks(home))
        yield from guarded("databases", lambda: databases(home))
        yield from guarded("contents", lambda: contents(home, deep=deep))
    yield from guarded("configuration", lambda: configuration(config))
