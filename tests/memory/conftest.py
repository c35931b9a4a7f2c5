"""One store for each database that a home may have; every test of the memory runs on all of them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import PostgresServer, running_postgres

from memory.store.database import Database, open_database


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("migrated")
    open_database(home).close()
    return home / "reasoner.db"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = postgres.create()
    open_database(tmp_path_factory.mktemp("migrated"), url).close()
    return url


@pytest.fixture
def empty_postgres(postgres: PostgresServer) -> Iterator[str]:
    """The URL of a database in which there is nothing yet."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | None]:
    """The database URL of a home in `tmp_path` whose tables are made; None where the store lies in the home."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated"), tmp_path)
        yield None
        return
    made: str = request.getfixturevalue("migrated_postgres")
    request.getfixturevalue("postgres").empty(made)
    yield made


@pytest.fixture
def database(tmp_path: Path, url: str | None) -> Iterator[Database]:
    opened = open_database(tmp_path, url)
    yield opened
    opened.close()
