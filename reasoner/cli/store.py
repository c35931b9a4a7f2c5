"""The way from a command that reads to a home's store."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reasoner.errors import NotFoundError

if TYPE_CHECKING:
    from memory.store.database import Database


def has_store(home: Path) -> bool:
    """Whether there is a store to look into."""
    from memory.store.address import is_begun
    from reasoner.config.places import database_url

    return is_begun(home) or database_url() is not None


@contextmanager
def opened(home: Path) -> Iterator["Database"]:
    """The store of a home that exists; reading makes no new one.

    Raises:
        NotFoundError: there is nothing in this folder yet.
    """
    from memory.store.address import nothing_in

    if not has_store(home):
        raise NotFoundError(nothing_in(home))
    from memory.store.database import open_database
    from reasoner.config.places import database_url

    database = open_database(home, database_url())
    try:
        yield database
    finally:
        database.close()
