"""A process that has a database open never opens and closes its files: that would end SQLite's locks on them."""

import gc
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from memory.store.database import open_database
from reasoner.storage import sqlite_files
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


def test_a_store_that_the_garbage_collector_ends_while_another_is_opened_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, seen = sqlite_files.require_usable, list[Path]()

    def collects(path: Path) -> None:
        gc.collect()
        seen.append(path)
        real(path)

    def opens() -> None:
        open_database(tmp_path / "dropped")  # in cycles: only the collector ends it
        monkeypatch.setattr(sqlite_files, "require_usable", collects)
        open_database(tmp_path / "next").close()

    gc.disable()
    try:
        opening = threading.Thread(target=opens, daemon=True)
        opening.start()
        opening.join(30)
    finally:
        gc.enable()
    assert not opening.is_alive()
    assert seen == [tmp_path / "next" / "reasoner.db"]


def test_a_look_at_what_a_kill_left_sees_the_log_and_leaves_it(tmp_path: Path) -> None:
    path = tmp_path / "it's 100%.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (x)")
        files = {name: (tmp_path / name).read_bytes() for name in (path.name, f"{path.name}-wal")}
    left = tmp_path / "left"
    left.mkdir()
    for name, content in files.items():
        (left / name).write_bytes(content)
    with looked_into(left / path.name) as look:
        assert look.execute("SELECT count(*) FROM t").fetchone() == (0,)
    assert {file.name: file.read_bytes() for file in left.iterdir()} == files
