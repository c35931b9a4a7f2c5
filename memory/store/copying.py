"""A consistent copy of the store while others read and write it (SQLite's online backup)."""

import sqlite3
from pathlib import Path

from sqlalchemy import func, make_url, select, text

from memory.store.database import REVISION, Database
from memory.store.tables import Table
from reasoner.errors import DataError, UsageError
from reasoner.storage.refusals import sqlite_in_words


def copy_store(database: Database, path: Path) -> None:
    """Writes the store as it is at one moment to a new SQLite file. Writers do not wait, and the file needs no other.

    Raises:
        UsageError: the store is no SQLite file.
    """
    url = make_url(database.url)
    if url.get_backend_name() != "sqlite":
        raise UsageError(
            f"the store is {url.render_as_string()!r}, which its own tools copy: use `pg_dump` (or your server's "
            "backup); `reasoner memory backup` copies SQLite stores"
        )
    with sqlite_in_words(path):
        target = sqlite3.connect(path)
        try:
            with database.reading() as session:
                source = session.connection().connection.driver_connection
                assert isinstance(source, sqlite3.Connection), f"a driver of type {type(source).__name__}"
                # In one step: with pages in between, every write of another process would begin it anew.
                source.backup(target, pages=-1)
        finally:
            target.close()


def store_counts(database: Database) -> dict[str, int]:
    """Rows of each table."""
    with database.reading() as session:
        tables = Table.metadata.sorted_tables
        return {t.name: session.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}


def require_sound(database: Database) -> None:
    """Asks SQLite whether its file is whole.

    Raises:
        DataError: it is not.
    """
    with database.reading() as session:
        found = session.execute(text("PRAGMA integrity_check")).scalars().all()
    if found != ["ok"]:
        raise DataError(f"{database.home / 'reasoner.db'}: SQLite finds {found[0]!r}; take another backup")


def require_known_revision(revision: str) -> None:
    """Whether this version can open a store of that revision.

    Raises:
        UsageError: a newer version of this package wrote it.
    """
    if revision > REVISION:
        raise UsageError(
            f"the backup's store is at revision {revision!r}, this version knows {REVISION!r}; update the package"
        )
