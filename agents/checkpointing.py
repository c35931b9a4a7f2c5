"""Where the graphs keep their state: LangGraph's SQLite saver in `<home>/graph.db`, one thread a run."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from langgraph.checkpoint.sqlite import SqliteSaver

from reasoner.storage.refusals import sqlite_in_words
from reasoner.storage.sqlite_files import require_usable

BUSY_SECONDS = 15.0


@contextmanager
def open_saver(home: Path) -> Iterator[SqliteSaver]:
    """The saver of a home; several runs may use it at once.

    Raises:
        DamagedError: the file is broken.
        StorageError: it cannot be read or written.
        BusyError: another process kept it to itself.
    """
    path = home / "graph.db"
    require_usable(path)
    # The store's errors are ours before they come here: what is left of SQLite's within the block is this file's.
    with sqlite_in_words(path):
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            saver = SqliteSaver(connection)
            saver.setup()
            yield saver
        finally:
            connection.close()
