"""From an id as people type it to the whole one, where a command does not open the store for more than that."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory.store.database import Database
    from memory.store.ids import Kind

SHORT = "All of it, a beginning or an end that no other has, or [bold]latest[/bold]."
"""Help of every argument that takes an id."""


def full_id(home: Path, typed: str, *kinds: "Kind", or_as_typed: bool = False) -> str:
    """The whole id; arguments and errors as in `memory.store.ids`."""
    from memory.store.ids import IdStore
    from reasoner.cli.store import opened

    with opened(home) as database:
        return IdStore(database).full(typed, *kinds, or_as_typed=or_as_typed)


def full_run(home: Path, typed: str) -> str:
    """The whole id of a run; one whose folder is there is not looked up."""
    if typed == Path(typed).name and (home / "runs" / typed).is_dir():
        return typed
    return full_id(home, typed, "run")


def full_run_of(database: "Database", typed: str | None) -> str | None:
    """The run that `--run` narrows a list to; None where it is left out."""
    from memory.store.ids import IdStore

    return IdStore(database).full(typed, "run", or_as_typed=True) if typed else None
