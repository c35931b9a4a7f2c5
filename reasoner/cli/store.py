"""The way from a command that reads to a home's store."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reasoner.errors import NotFoundError

if TYPE_CHECKING:
    from memory.store.database import Database


@contextmanager
def opened(home: Path) -> Iterator["Database"]:
    """The store of a home that exists; reading makes no new one.

    Raises:
        NotFoundError: there is nothing in this folder yet.
    """
    if not (home / "reasoner.db").exists():
        raise NotFoundError(f"{str(home)!r} holds no runs yet. Start with `reasoner loop`, or name another --home.")
    from memory.store.database import open_database

    database = open_database(home)
    try:
        yield database
    finally:
        database.close()
