"""The door to the store: opens a home's database, brings its tables up to date, hands out transactions.

Many processes use one home at once. Readers never wait and see one moment (WAL, or a repeatable read on Postgres).
Writers take turns from the first statement of their transaction (BEGIN IMMEDIATE, or one locked row where the database
is not SQLite), so what a write transaction has read stays true until it commits.
"""

import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, select, text, update
from sqlalchemy.exc import NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from memory.locks import exclusive
from memory.store.address import find_store, note_place, shown
from memory.store.rows import to_json
from memory.store.tables import WriterTable
from reasoner.errors import BusyError, ConfigError, DamagedError, UsageError
from reasoner.storage.refusals import RESTORE, of_sqlite, sqlite_in_words
from reasoner.storage.sqlite_files import Claim, claim, release

REVISION = "0009"
"""The newest migration; the tables that this code knows."""

PATIENCE = 15.0
"""Seconds a writer waits for its turn."""


class Database:
    """An open store. Safe to share between threads; each process opens its own."""

    def __init__(self, engine: Engine, home: Path, claimed: Claim | None = None):
        self.home = home
        # A store that is dropped without being closed goes with its connections, and so does the claim.
        self._let_go = (lambda: None) if claimed is None else weakref.finalize(engine, release, claimed)
        self._reading = _reading(engine)
        self._writing = engine.execution_options(writes=True)
        self._watch: Any = None
        self._watching = Lock()

    @property
    def url(self) -> str:
        """The address, password included, with which another process opens the same store."""
        return self._reading.url.render_as_string(hide_password=False)

    @property
    def place(self) -> str:
        """The address for people's eyes, without user, password and options."""
        return shown(self._reading.url)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A write transaction: commits at the end, rolls back on any exception.

        Raises:
            BusyError: another process kept the store to itself for 15 seconds.
        """
        with (
            _patient(self._writing),
            Session(self._writing, expire_on_commit=False) as session,
            session.begin(),
        ):
            _take_turn(session)
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read transaction: one consistent view, never waits for writers."""
        with Session(self._reading, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A quick look without a session: one consistent view, for what is asked thousands of times."""
        with self._reading.connect() as connection:
            yield connection

    def mark(self) -> int:
        """A number that is another one after any process has written; microseconds on SQLite, a query elsewhere."""
        if self.is_sqlite:
            with self._watching:
                # The pragma tells a connection of what others did: this one does nothing else.
                path = str(self._reading.url.database)
                with sqlite_in_words(Path(path)):
                    self._watch = self._watch or sqlite3.connect(path, isolation_level=None, check_same_thread=False)
                    return self._watch.execute("PRAGMA data_version").fetchone()[0]
        with self.reading() as session:
            return session.scalars(select(WriterTable.turn)).one()

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is a file of SQLite's."""
        return self._reading.dialect.name == "sqlite"

    def close(self) -> None:
        """Closes the connections that are not in use."""
        with self._watching:
            if self._watch is not None:
                self._watch.close()
                self._watch = None
        self._reading.dispose()
        self._let_go()


def open_database(home: Path, url: str | None = None) -> Database:
    """Opens the store of a home, making or migrating its tables where needed.

    Args:
        home: folder of the home; made if missing.
        url: any SQLAlchemy URL with a lasting database, `postgresql://...` for one; `<home>/reasoner.db` by default.

    Raises:
        ConfigError: the URL cannot be used, or nobody answers there.
        UsageError: the home's store lies elsewhere, or a newer version of this package wrote it.
        BusyError: another process kept the store to itself for 15 seconds.
        DamagedError: the store's file is broken, foreign, or gone from a home that has runs.
        StorageError: the machine refuses to read or write it.
    """
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    # One process at a time decides what is missing: two that open a new home would both make its tables.
    with exclusive(home / "reasoner.lock", patience=PATIENCE):
        address = find_store(home, url)
        engine = _engine(address)
        ours = claim(Path(str(address.database))) if engine.dialect.name == "sqlite" else None
        database = Database(engine, home, ours)
        try:
            _make_ready(engine, home)
        except Exception:
            database.close()
            raise
        note_place(home, address)
    return database


def _make_ready(engine: Engine, home: Path) -> None:
    if engine.dialect.name == "sqlite":
        _require_wal(engine)
    else:
        _require_server(engine)
    with _patient(engine):
        _bring_up_to_date(engine, home)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return _server_engine(url)
    engine = create_engine(
        url, json_serializer=to_json, connect_args={"timeout": PATIENCE}, pool_size=16, max_overflow=-1
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: Any) -> None:
        # Python's driver would begin transactions at moments of its own choosing; ours begin below.
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous=NORMAL")

    @event.listens_for(engine, "handle_error")
    def explain(context: Any) -> None:
        # The one place where what SQLite says of the file becomes an error of ours, whoever asked the store.
        found = context.original_exception
        if isinstance(found, sqlite3.Error) and (told := of_sqlite(found, str(url.database))) is not None:
            raise told from found

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _server_engine(url: URL) -> Engine:
    try:
        return create_engine(url, json_serializer=to_json, pool_pre_ping=True)
    except NoSuchModuleError as error:
        raise ConfigError(
            f"database URL {shown(url)!r}: there is no database {url.drivername!r}; use sqlite or postgresql"
        ) from error
    except ImportError as error:
        raise ConfigError(
            f"database URL {shown(url)!r} needs a driver that cannot be imported ({error}); "
            "for Postgres, pip install 'reasoner[postgres]'"
        ) from error


def _reading(engine: Engine) -> Engine:
    """Where readers get their connections: a Postgres transaction would else see a later moment with each query."""
    return engine.execution_options(isolation_level="REPEATABLE READ") if _is_postgres(engine) else engine


@contextmanager
def _patient(engine: Engine) -> Iterator[None]:
    """Says of a lock on a server that was not to be had that the store is busy."""
    try:
        yield
    except OperationalError as error:
        # 55P03 is what Postgres calls a lock that was not available in time.
        if getattr(error.orig, "sqlstate", None) != "55P03":
            raise
        raise BusyError(
            f"the store {shown(engine.url)!r} was locked for {PATIENCE:g} seconds by another process; "
            "end that process or wait, then run the same command again"
        ) from error


def _take_turn(session: Session) -> None:
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        _limit_patience(connection)
        session.execute(update(WriterTable).values(turn=WriterTable.turn + 1))


def _limit_patience(connection: Connection) -> None:
    """Ends the transaction's waits for locks where the database would wait for ever."""
    if connection.dialect.name == "postgresql":
        limit = {"milliseconds": str(round(1000 * PATIENCE))}
        connection.execute(text("SELECT set_config('lock_timeout', :milliseconds, true)"), limit)


def _is_postgres(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"


def _require_server(engine: Engine) -> None:
    try:
        engine.connect().close()
    except OperationalError as error:
        raise ConfigError(
            f"the store {shown(engine.url)!r} cannot be reached: {str(error.orig).strip()}; "
            "start the server, or correct the database URL"
        ) from error


def _require_wal(engine: Engine) -> None:
    with sqlite_in_words(Path(str(engine.url.database))):
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            mode = cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0]  # pyright: ignore[reportOptionalMemberAccess]
        finally:
            connection.close()
    if mode != "wal":
        raise ConfigError(
            f"{engine.url.database!r}: SQLite answered journal mode {mode!r}, 'wal' was asked for; "
            "put the home on a local disk (network folders cannot share a write-ahead log)"
        )


def _bring_up_to_date(engine: Engine, home: Path) -> None:
    # Tables that are current are found so without the write lock, which a busy writer hardly ever lets go.
    with engine.begin() as connection:
        if _revision(connection) == REVISION:
            return
    with engine.execution_options(writes=True).begin() as connection:
        if _is_postgres(engine):
            # Homes on other machines may share this database; the file lock does not reach them.
            _limit_patience(connection)
            connection.execute(text("SELECT pg_advisory_xact_lock(7203111)"))
        found = _revision(connection)
        if connection.dialect.name == "sqlite":
            _require_ours(connection, found, home)
        if found > REVISION:
            raise UsageError(
                f"the store {shown(engine.url)!r} is at revision {found!r}, this version knows "
                f"{REVISION!r}; update the package or choose another --home"
            )
        if found < REVISION:
            from memory.store.migrations import upgrade

            upgrade(connection)


def _require_ours(connection: Connection, found: str, home: Path) -> None:
    """Tables are made only in a file that nothing else fills, and in a home that has lost none.

    Raises:
        DamagedError: the file holds other tables, or is empty where the home has runs or students.
    """
    path, known = str(connection.engine.url.database), f"this version knows 0001 to {REVISION}"
    if found:
        if not (len(found) == len(REVISION) and found.isdigit()):
            raise DamagedError(f"the store {path!r} is of another program: revision {found!r}, {known}; {RESTORE}")
        return
    if names := inspect(connection).get_table_names():
        raise DamagedError(f"the store {path!r} holds tables of another program ({', '.join(names[:5])}); {RESTORE}")
    if any(next(home.glob(pattern), None) for pattern in ("runs/*/events.jsonl", "jobs/*/lock")):
        raise DamagedError(f"the store {path!r} is empty, but the home has runs or jobs; it was lost: {RESTORE}")


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none() or ""
