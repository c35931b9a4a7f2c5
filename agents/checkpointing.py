"""Where the graphs keep their state: LangGraph's SQLite saver in `<home>/graph.db`, one thread a run."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from langgraph.checkpoint.sqlite import SqliteSaver

BUSY_SECONDS = 15.0


@contextmanager
def open_saver(home: Path) -> Iterator[SqliteSaver]:
    """The saver of a home; several runs may use it at once."""
    connection = sqlite3.connect(home / "graph.db", timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        saver = SqliteSaver(connection)
        saver.setup()
        yield saver
    finally:
        connection.close()
