"""Where a home's store lies: `reasoner.db` in the home, or wherever a database URL says.

A URL holds a password, so it is kept nowhere. A home whose store lies elsewhere notes the place without user, password
and options (`store.txt`): somebody who forgets the URL is told, instead of being given a second, empty store.
"""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from reasoner.errors import ConfigError, UsageError

DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
"""Names without a driver, and the driver that this package names as its extra."""

NOTE = "store.txt"


def find_store(home: Path, url: str | None) -> URL:
    """The address of a home's store; the home remembers a place outside it.

    Args:
        home: folder of the home, which exists.
        url: what the user gave, if anything.

    Raises:
        ConfigError: the URL cannot be used.
        UsageError: the home's store lies elsewhere.
    """
    own = URL.create("sqlite", database=str(home / "reasoner.db"))
    address = own if url is None else _parsed(url)
    place, noted = shown(address), _noted(home)
    if address == own:
        if noted is not None:
            raise UsageError(
                f"the store of {str(home)!r} lies at {noted!r}, and no database URL was given; "
                "set REASONER_DATABASE_URL to it, or choose another --home"
            )
    elif noted is None and (home / "reasoner.db").exists():
        raise UsageError(
            f"{str(home)!r} has a store of its own, reasoner.db, and the database URL names {place!r}; "
            "unset REASONER_DATABASE_URL, or choose another --home"
        )
    elif noted not in (None, place):
        raise UsageError(
            f"the store of {str(home)!r} lies at {noted!r}, and the database URL names {place!r}; correct "
            f"REASONER_DATABASE_URL or choose another --home; if the database has moved, correct {str(home / NOTE)!r}"
        )
    return address


def note_place(home: Path, address: URL) -> None:
    """Has the home remember a store that does not lie in it under the usual name."""
    if address != URL.create("sqlite", database=str(home / "reasoner.db")) and _noted(home) is None:
        (home / NOTE).write_text(f"{shown(address)}\n", encoding="utf-8")


def nothing_in(home: Path) -> str:
    """What is said to who looks for something in a home that was never used."""
    return f"{str(home)!r} holds no runs yet. Start with `reasoner loop`, or name another --home."


def is_begun(home: Path) -> bool:
    """Whether the home has a store already, in it or elsewhere."""
    return (home / "reasoner.db").exists() or (home / NOTE).exists()


def shown(address: URL) -> str:
    """The place for people's eyes: no user, no password and no options, among which a password might be."""
    host = address.query.get("host")
    socket = {"host": host} if host is not None and address.host is None else {}
    bare = URL.create(
        address.get_backend_name(), host=address.host, port=address.port, database=address.database, query=socket
    )
    return bare.render_as_string()


def _noted(home: Path) -> str | None:
    note = home / NOTE
    return note.read_text(encoding="utf-8").strip() if note.exists() else None


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # Neither the URL nor the error that quotes it: what is misspelt may hold a password.
        raise ConfigError(
            "the database URL given is not an SQLAlchemy URL; write one such as "
            "postgresql://user:password@host/database or sqlite:////path/to/reasoner.db"
        ) from None
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise ConfigError(f"database URL {url!r} lives in memory, but several processes share the store; name a file")
    return parsed.set(drivername=DRIVERS.get(parsed.drivername, parsed.drivername))
