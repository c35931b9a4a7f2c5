"""Versions of the memory: what came, what was taken out, what was put back, each change a new number.

Nothing is ever deleted. An item is present at a version if it had been learnt by then and the last change by then did
not drop it; so any two versions can be compared, and any former one made the present one again.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from memory.store.database import Database
from memory.store.rows import chunks
from memory.store.tables import ChangeTable, ExampleTable, VersionTable, WrongTable, now
from reasoner.errors import NotFoundError
from reasoner.types.record import Record

Kind = Literal["learnt", "merged", "mended", "pruned", "restored", "reverted", "imported", "crowded"]


class MemoryVersion(Record):
    """One version and what it changed."""

    number: int
    kind: Kind
    cause: str
    """Who or what asked for it."""
    made_at: str
    """ISO time in UTC; empty for what was there before versions were kept."""
    learnt: int
    """Items that came, examples and wrong attempts."""
    dropped: int
    restored: int


class Difference(Record):
    """What the later of two versions has and has not."""

    added: list[str]
    """Ids of examples, sorted."""
    dropped: list[str]
    added_wrong: list[str]
    dropped_wrong: list[str]


class VersionStore:
    """The versions of a home's memory."""

    def __init__(self, database: Database):
        self._database = database

    def newest(self) -> int:
        """Number of the present version; 0 before anything is remembered."""
        with self._database.reading() as session:
            return session.scalar(select(func.max(VersionTable.number))) or 0

    def log(self, *, item: str | None = None) -> list[MemoryVersion]:
        """All versions, or those that changed one item, oldest first."""
        with self._database.reading() as session:
            learnt = _tally(session, item)
            changed = _changed(session, item)
            rows = session.scalars(select(VersionTable).order_by(VersionTable.number)).all()
        versions = [
            MemoryVersion.model_validate(
                {
                    "number": row.number,
                    "kind": row.kind,
                    "cause": row.cause,
                    "made_at": row.made_at,
                    "learnt": learnt.get(row.number, 0),
                    "dropped": changed.get((row.number, True), 0),
                    "restored": changed.get((row.number, False), 0),
                }
            )
            for row in rows
        ]
        return [v for v in versions if item is None or v.learnt + v.dropped + v.restored]

    def difference(self, earlier: int, later: int) -> Difference:
        """What `later` has that `earlier` had not, and the other way round.

        Raises:
            NotFoundError: there is no such version.
        """
        with self._database.reading() as session:
            self._require(session, earlier, later)
            (old, new), (old_wrong, new_wrong) = (
                (present(session, earlier, correct=correct), present(session, later, correct=correct))
                for correct in (True, False)
            )
        return Difference(
            added=sorted(new - old),
            dropped=sorted(old - new),
            added_wrong=sorted(new_wrong - old_wrong),
            dropped_wrong=sorted(old_wrong - new_wrong),
        )

    def drop(self, ids: Collection[str], *, kind: Kind, cause: str, correct: bool = True, reason: str = "") -> int:
        """Takes items out; those that are out already, or unknown, do not count. Returns how many went."""
        with self._database.session() as session:
            return turn(session, ids, dropped=True, kind=kind, cause=cause, correct=correct, reason=reason)

    def restore(self, ids: Collection[str], *, cause: str, correct: bool = True) -> int:
        """Puts items back; returns how many came."""
        with self._database.session() as session:
            return turn(session, ids, dropped=False, kind="restored", cause=cause, correct=correct)

    def revert(self, to: int, *, cause: str) -> Difference:
        """Makes a new version that holds what version `to` held; returns what that changed.

        Raises:
            NotFoundError: there is no such version.
        """
        with self._database.session() as session:
            self._require(session, to)
            changed: dict[tuple[bool, bool], list[str]] = {}
            version = 0
            for correct in (True, False):
                then, at_present = present(session, to, correct=correct), _active(session, correct=correct)
                for dropped, ids in ((True, at_present - then), (False, then - at_present)):
                    changed[correct, dropped] = sorted(ids)
                    if ids:
                        version = version or new_version(session, "reverted", cause)
                        _record(session, version, sorted(ids), dropped=dropped, correct=correct, reason="")
        return Difference(
            added=changed[True, False],
            dropped=changed[True, True],
            added_wrong=changed[False, False],
            dropped_wrong=changed[False, True],
        )

    def _require(self, session: Session, *numbers: int) -> None:
        newest = session.scalar(select(func.max(VersionTable.number))) or 0
        for number in numbers:
            if not 0 <= number <= newest:
                raise NotFoundError(
                    f"version {number!r} of the memory: expected 0 (empty) to {newest}; see `reasoner memory log`"
                )


def new_version(session: Session, kind: Kind, cause: str) -> int:
    """Begins a version within a write transaction; its number."""
    row = VersionTable(kind=kind, cause=cause, made_at=now())
    session.add(row)
    session.flush()
    return row.number


def turn(
    session: Session,
    ids: Iterable[str],
    *,
    dropped: bool,
    kind: Kind,
    cause: str,
    correct: bool = True,
    reason: str = "",
) -> int:
    """Takes items out or puts them back within a write transaction; how many were not so already."""
    table = ExampleTable if correct else WrongTable
    moved: set[str] = set()
    for chunk in chunks(sorted(set(ids))):
        query = select(table.id).where(table.id.in_(chunk), table.dropped.is_(not dropped))
        moved.update(session.scalars(query))
    if moved:
        version = new_version(session, kind, cause)
        _record(session, version, sorted(moved), dropped=dropped, correct=correct, reason=reason)
    return len(moved)


def present(session: Session, version: int, *, correct: bool) -> set[str]:
    """Ids that were in the memory at a version."""
    table = ExampleTable if correct else WrongTable
    there = set(session.scalars(select(table.id).where(table.version <= version)))
    query = select(ChangeTable.item, ChangeTable.dropped).where(
        ChangeTable.version <= version, ChangeTable.correct.is_(correct)
    )
    # In the order of their numbers, so that the last word on an item stays.
    last = {row.item: row.dropped for row in session.execute(query.order_by(ChangeTable.number))}
    return {id for id in there if not last.get(id, False)}


def _active(session: Session, *, correct: bool) -> set[str]:
    table = ExampleTable if correct else WrongTable
    return set(session.scalars(select(table.id).where(table.dropped.is_(False))))


def _record(session: Session, version: int, ids: Sequence[str], *, dropped: bool, correct: bool, reason: str) -> None:
    table = ExampleTable if correct else WrongTable
    for chunk in chunks(ids):
        session.execute(update(table).where(table.id.in_(chunk)).values(dropped=dropped))
    session.execute(
        insert(ChangeTable),
        [{"version": version, "item": id, "correct": correct, "dropped": dropped, "reason": reason} for id in ids],
    )


def _tally(session: Session, item: str | None) -> dict[int, int]:
    """Items learnt by version."""
    counts: dict[int, int] = {}
    for table in (ExampleTable, WrongTable):
        query = select(table.version, func.count()).group_by(table.version)
        query = query if item is None else query.where(table.id == item)
        for version, count in session.execute(query):
            counts[version] = counts.get(version, 0) + count
    return counts


def _changed(session: Session, item: str | None) -> dict[tuple[int, bool], int]:
    query = select(ChangeTable.version, ChangeTable.dropped, func.count())
    query = query if item is None else query.where(ChangeTable.item == item)
    rows = session.execute(query.group_by(ChangeTable.version, ChangeTable.dropped))
    return {(version, dropped): count for version, dropped, count in rows}
