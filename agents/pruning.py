"""Keeps `graph.db` small: of a run at rest its newest state is enough, of one that is not gone on with none.

LangGraph's saver keeps the state after every node for ever and can delete whole threads only. A run goes on from its
newest state; forks need none of the others, because what the nodes gave back stands in the events.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reasoner.errors import BusyError
from reasoner.storage.refusals import sqlite_in_words
from reasoner.storage.sqlite_files import claimed
from reasoner.types.record import Record

BUSY_SECONDS = 15.0
NEWEST = "SELECT max(checkpoint_id) FROM checkpoints AS c WHERE c.thread_id = ? AND c.checkpoint_ns = {t}.checkpoint_ns"
"""States are named in the order of time."""


class GraphSize(Record):
    """How much the graph database holds."""

    states: dict[str, int]
    """Saved states of each run."""
    bytes: int


def graph_size(home: Path) -> GraphSize:
    """Of a home; nothing where no run was begun."""
    path = home / "graph.db"
    if not path.is_file():
        return GraphSize(states={}, bytes=0)
    with _opened(home) as connection:
        # A process that was killed at its very start leaves a file without tables.
        begun = connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        query = "SELECT thread_id, count(*) FROM checkpoints GROUP BY thread_id"
        counted = dict(connection.execute(query)) if begun else {}
    # What is written lately lies beside the file.
    return GraphSize(states=counted, bytes=sum(p.stat().st_size for p in home.glob("graph.db*")))


def trim(home: Path, run: str) -> None:
    """Leaves a run its newest state and what a person or a limit holds up there; the caller holds the run's lock."""
    with _opened(home) as connection, connection:
        for table in ("writes", "checkpoints"):
            newest = NEWEST.format(t=table)
            connection.execute(f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id < ({newest})", (run, run))


def forget(home: Path, run: str) -> None:
    """Leaves nothing of a run, which cannot be gone on with any more; the caller holds its lock."""
    with _opened(home) as connection, connection:
        for table in ("writes", "checkpoints"):
            connection.execute(f"DELETE FROM {table} WHERE thread_id = ?", (run,))


def vacuum(home: Path) -> None:
    """Gives the room of what was deleted back to the disk.

    Raises:
        BusyError: a run writes, and has not paused for 15 seconds.
    """
    with _opened(home) as connection:
        try:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise
            raise BusyError(
                f"{home / 'graph.db'} could not be made smaller ({error}): a run is at work; the states are deleted, "
                "run the same command again when it has ended"
            ) from error


@contextmanager
def _opened(home: Path) -> Iterator[sqlite3.Connection]:
    path = home / "graph.db"
    with claimed(path), sqlite_in_words(path):
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
        try:
            yield connection
        finally:
            connection.close()
