"""A look at a store on a server, which changes nothing there: no table is made, no migration runs."""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from memory.store.address import find_store, shown
from reasoner.errors import ConfigError


class Look(NamedTuple):
    """What was found."""

    place: str
    """For people's eyes."""
    revision: str
    """Of the tables; empty where there are none."""


def look_at(home: Path, url: str | None) -> Look:
    """The store of a home at its address.

    Raises:
        ConfigError: the address cannot be used, or nobody answers there.
        UsageError: the home's store lies elsewhere.
    """
    address = find_store(home, url)
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            there = inspect(connection).has_table("alembic_version")
            row = connection.execute(text("SELECT version_num FROM alembic_version")).first() if there else None
            return Look(shown(address), str(row[0]) if row else "")
    except DBAPIError as error:
        raise ConfigError(
            f"the store {shown(address)!r} cannot be read: {str(error.orig).strip()}; start the server, or correct "
            "the database URL"
        ) from error
    finally:
        engine.dispose()
