"""A process that has a database open never opens and closes its files: that would end SQLite's locks on them."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from memory.store.database import open_database
from reasoner.storage.sqlite_files import looked_into

TAKE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0.2, isolation_level=None)
try:
    connection.execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError as error:
    print(error)
"""


def test_opening_and_looking_again_leaves_the_locks_of_an_open_store(tmp_path: Path) -> None:
    with closing(open_database(tmp_path)) as first, first.session():
        with closing(open_database(tmp_path)), looked_into(tmp_path / "reasoner.db") as look:
            assert look.execute("SELECT count(*) FROM runs").fetchone() == (0,)
        command = [sys.executable, "-c", TAKE, str(tmp_path / "reasoner.db")]
        other = subprocess.run(command, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == "database is locked"


def test_a_store_that_nobody_has_open_is_looked_at_before_it_is_opened(tmp_path: Path) -> None:
    open_database(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "reasoner.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with looked_into(tmp_path / "reasoner.db") as look:
        assert look.execute("SELECT count(*) FROM runs").fetchone() == (0,)
