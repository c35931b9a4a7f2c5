"""A home's store lies where its URL says, the home knows the place, and passwords are told to nobody."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from memory.store.address import find_store, shown
from memory.store.database import open_database
from memory.store.runs import RunStore
from reasoner.errors import ConfigError, UsageError

SECRET = "hunter2"
NOBODY_THERE = f"postgresql://me:{SECRET}@127.0.0.1:1/reasoner?sslpassword={SECRET}"


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:"])
def test_a_store_in_memory_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigError, match="lives in memory"):
        open_database(tmp_path, address)


@pytest.mark.parametrize("address", ["nonsense", f"postgresql://me:{SECRET}@host:port/x", f"//{SECRET}@host"])
def test_what_is_no_url_is_refused_without_quoting_it(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigError, match="not an SQLAlchemy URL") as refused:
        open_database(tmp_path, address)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgres_means_the_driver_of_the_extra(tmp_path: Path, scheme: str) -> None:
    assert find_store(tmp_path, f"{scheme}://host/reasoner").drivername == "postgresql+psycopg"


def test_a_driver_that_is_not_installed_is_named_with_the_extra(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"psycopg2.*reasoner\[postgres\]") as refused:
        open_database(tmp_path, f"postgresql+psycopg2://me:{SECRET}@host/reasoner")
    assert SECRET not in str(refused.value)


def test_a_database_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="use sqlite or postgresql"):
        open_database(tmp_path, "nosuch://host/reasoner")


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"postgresql://127\.0\.0\.1:1/reasoner.*cannot be reached") as refused:
        open_database(tmp_path, NOBODY_THERE)
    assert SECRET not in str(refused.value)
    assert not (tmp_path / "store.txt").exists()


def test_a_place_is_shown_without_user_password_and_options() -> None:
    assert shown(make_url(NOBODY_THERE)) == "postgresql://127.0.0.1:1/reasoner"
    assert shown(make_url("postgresql://me@/reasoner?host=/run/pg")) == "postgresql:///reasoner?host=%2Frun%2Fpg"


def test_a_url_puts_the_store_elsewhere_and_the_home_remembers_it(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", f"sqlite:///{tmp_path}/other.db"
    with closing(open_database(home, elsewhere)) as database:
        RunStore(database).create("r", "hash", {}, 0)
    assert (tmp_path / "other.db").exists()
    assert not (home / "reasoner.db").exists()
    with pytest.raises(UsageError, match=r"other\.db.*set REASONER_DATABASE_URL"):
        open_database(home)
    with pytest.raises(UsageError, match="third"):
        open_database(home, f"sqlite:///{tmp_path}/third.db")
    with closing(open_database(home, elsewhere)) as database:
        assert [run.id for run in RunStore(database).list()] == ["r"]


def test_a_home_with_a_store_of_its_own_takes_no_other(tmp_path: Path) -> None:
    own = open_database(tmp_path)
    own.close()
    with pytest.raises(UsageError, match="has a store of its own"):
        open_database(tmp_path, f"sqlite:///{tmp_path}/other.db")
    open_database(tmp_path, own.url).close()
