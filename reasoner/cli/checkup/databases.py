"""The two databases of a home: whole, ours, of a version that we know, and what they say that must be there."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from reasoner.cli.checkup.check import Check, bad, good, guarded

RESTORED = "reasoner memory restore BACKUP --home NEW; or move {file} away, which begins an empty store"
MOVED = "move {file} away: finished runs stay; one that is under way begins again from its newest cycle's start"
GRAPH_TABLES = {"checkpoints", "writes"}


def databases(home: Path) -> Iterator[Check]:
    """What is wrong with them; nothing of a home that has none yet."""
    store, graph = home / "reasoner.db", home / "graph.db"
    if exists(store) or exists(home / "runs") or exists(home / "checkpoints"):
        yield from guarded("store", lambda: _store(home, store))
    if exists(graph):
        yield from guarded("graph.db", lambda: _graph(graph))


def _store(home: Path, path: Path) -> Iterator[Check]:
    from reasoner.config.places import database_url
    from reasoner.storage.sqlite_files import fault_of, looked_into

    if exists(home / "store.txt") or database_url():
        from memory.store.address import find_store

        address = find_store(home, database_url())
        if address.get_backend_name() != "sqlite":
            yield _elsewhere(home)
            return
        path = Path(str(address.database))
    mend = RESTORED.format(file=path)
    if not exists(path) or (not path.is_dir() and path.is_file() and path.stat().st_size == 0):
        lost = next(home.glob("runs/*/events.jsonl"), None) or next(home.glob("jobs/*/lock"), None)
        if lost:
            yield bad("store", f"{path} is empty or missing, but there is {lost}", mend)
        else:
            yield good("store", "will be made")
        return
    with looked_into(path) as connection:
        if fault := fault_of(connection):
            yield bad("store", f"{path}: SQLite finds {fault}", mend)
            return
        yield from _contents(home, path, connection)


def _contents(home: Path, path: Path, connection: sqlite3.Connection) -> Iterator[Check]:
    revision, newest = revision_of(connection), newest_revision()
    if not revision:
        others = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' LIMIT 5")]
        yield bad("store", f"{path} has none of our tables, but {', '.join(others) or 'none at all'}", "--home DIR")
        return
    if revision > newest:
        mend = "update the package, or choose another --home"
        yield bad("store", f"{path} is at revision {revision!r}, this version knows {newest!r}", mend)
        return
    runs = connection.execute("SELECT count(*) FROM runs").fetchone()[0]
    older = "" if revision == newest else f", revision {revision}, brought up to {newest} at the next start"
    yield good("store", f"{runs} runs in sqlite:///{path}{older}")
    if revision == newest:
        yield from guarded("schedules", lambda: _schedules(connection))


def _schedules(connection: sqlite3.Connection) -> Iterator[Check]:
    rows = connection.execute("SELECT name, record FROM schedules WHERE NOT removed").fetchall()
    for name, record in rows:
        yield from guarded(f"schedule {name}", lambda name=name, record=record: _schedule(name, record))
    if rows:
        yield good("schedules", f"{len(rows)}")


def _schedule(name: str, record: str) -> Iterator[Check]:
    from reasoner.cli.checkup.settings import settings_fault

    told = json.loads(record)
    if fault := settings_fault(told.get("config"), told.get("overrides") or (), Path(told.get("folder") or ".")):
        mend = f"correct it, or `reasoner schedule remove {name}`; other schedules fire all the same"
        yield bad(f"schedule {name}", fault, mend)


def _graph(path: Path) -> Iterator[Check]:
    from reasoner.storage.sqlite_files import fault_of, looked_into

    mend = MOVED.format(file=path)
    with looked_into(path) as connection:
        fault = fault_of(connection)
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if fault:
            yield bad("graph.db", f"{path}: SQLite finds {fault}", mend)
        elif tables and not tables >= GRAPH_TABLES:
            yield bad("graph.db", f"{path} has tables of another program ({', '.join(sorted(tables)[:5])})", mend)
        else:
            states = connection.execute("SELECT count(*) FROM checkpoints").fetchone()[0] if tables else 0
            yield good("graph.db", f"{states} states")


def _elsewhere(home: Path) -> Check:
    """A store on a server."""
    from memory.store.server import look_at
    from reasoner.config.places import database_url

    found = look_at(home, database_url())
    newest = newest_revision()
    if found.revision > newest:
        return bad(
            "store", f"{found.place}: revision {found.revision}, this version knows {newest}", "update the package"
        )
    return good("store", f"{found.place}, revision {found.revision or 'none yet'}")


def records(path: Path, query: str) -> list[tuple[str, ...]]:
    """Rows of a store that can be read; none of one that cannot, which has been said already."""
    from reasoner.errors import ReasonerError
    from reasoner.storage.sqlite_files import looked_into

    if not path.is_file() or not path.stat().st_size:
        return []
    try:
        with looked_into(path) as connection, closing(connection.execute(query)) as found:
            return found.fetchall()
    except (ReasonerError, sqlite3.Error):
        return []


def revision_of(connection: sqlite3.Connection) -> str:
    """Of the tables; empty where there are none of ours."""
    there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if there else None
    return str(row[0]) if row else ""


def newest_revision() -> str:
    """That this version knows; the files of the migrations are named for theirs."""
    import memory.store

    versions = Path(str(memory.store.__file__)).parent / "migrations" / "versions"
    return max(path.name[:4] for path in versions.glob("[0-9]*.py"))


def exists(path: Path) -> bool:
    """Whether anything has this name, a link to nothing among it."""
    return path.exists() or path.is_symlink()
