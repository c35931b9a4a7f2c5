"""The store opens, migrates and shares itself."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from memory.store import database as database_module
from memory.store.database import REVISION, Database, open_database
from memory.store.full_text import TABLE
from memory.store.migrations import configuration
from memory.store.runs import RunStore
from memory.store.tables import Table
from reasoner.errors import BusyError, UsageError


def test_a_new_home_gets_a_store_with_a_write_ahead_log(tmp_path: Path) -> None:
    with open_database(tmp_path / "new" / "home").reading() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert session.execute(text("PRAGMA busy_timeout")).scalar_one() == 15000
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == 1
    assert (tmp_path / "new" / "home" / "reasoner.db").exists()


def is_declared(name: str | None, kind: str, _: object) -> bool:
    """The tables of full text search are each database's own."""
    return kind != "table" or not str(name).startswith(TABLE)


def test_the_migrations_make_exactly_the_tables_that_the_code_declares(database: Database) -> None:
    with database.reading() as session:
        context = MigrationContext.configure(session.connection(), opts={"include_name": is_declared})
        assert compare_metadata(context, Table.metadata) == []


def test_the_newest_migration_is_the_revision_that_the_code_expects() -> None:
    assert ScriptDirectory.from_config(configuration()).get_current_head() == REVISION


def open_and_count(home: Path, url: str | None = None) -> int:
    with closing(open_database(home, url)) as database, database.reading() as session:
        return session.execute(text("SELECT count(*) FROM writer")).scalar_one()


def test_two_processes_that_open_a_new_home_at_once_both_succeed(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(open_and_count, [tmp_path] * 2)) == [1, 1]


def test_two_homes_that_open_a_new_postgres_at_once_both_succeed(tmp_path: Path, empty_postgres: str) -> None:
    homes = [tmp_path / "here", tmp_path / "there"]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(open_and_count, homes, [empty_postgres] * 2)) == [1, 1]


def test_a_store_of_a_newer_version_is_refused(database: Database, url: str | None) -> None:
    set_revision(database, "9999")
    with pytest.raises(UsageError, match=r"'9999'.*update the package"):
        open_database(database.home, url)
    set_revision(database, REVISION)


def set_revision(database: Database, revision: str) -> None:
    with database.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def fail_midway() -> None:
        with database.session() as session:
            session.execute(text("UPDATE writer SET turn = 99"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    with database.reading() as session:
        assert session.execute(text("SELECT turn FROM writer")).scalar_one() == 0


def test_writers_take_turns_so_that_no_update_is_lost(database: Database) -> None:
    RunStore(database).create("r", "hash", {}, 0)

    def count_up(_: int) -> None:
        with database.session() as session:
            done = session.execute(text("SELECT cycles_done FROM runs")).scalar_one()
            session.execute(text("UPDATE runs SET cycles_done = :done"), {"done": done + 1})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(64)))
    assert RunStore(database).get("r").cycles_done == 64


def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(database: Database) -> None:
    runs = RunStore(database)
    with database.reading() as session:
        before = session.execute(text("SELECT count(*) FROM runs")).scalar_one()
        runs.create("r", "hash", {}, 0)
        assert session.execute(text("SELECT count(*) FROM runs")).scalar_one() == before
    assert len(runs.list()) == before + 1


def test_a_store_that_stays_locked_is_named_busy(
    tmp_path: Path, url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "PATIENCE", 0.1)
    with closing(open_database(tmp_path, url)) as database, closing(open_database(tmp_path, url)) as other:
        with other.session(), pytest.raises(BusyError, match="locked"):
            RunStore(database).create("r", "hash", {}, 0)
        RunStore(database).create("r", "hash", {}, 0)


def test_a_store_whose_tables_are_current_opens_while_another_writes(database: Database, url: str | None) -> None:
    with database.session() as session:
        session.execute(text("SELECT 1"))
        with ThreadPoolExecutor() as beside:
            beside.submit(lambda: open_database(database.home, url).close()).result(timeout=10)


def test_a_migration_is_not_needed_twice(database: Database, url: str | None) -> None:
    with database.session() as session:
        session.execute(text("UPDATE writer SET turn = 7"))
    with closing(open_database(database.home, url)) as again, again.reading() as session:
        assert session.execute(text("SELECT turn FROM writer")).scalar_one() == 7
