"""Schedules and their firings: each scheduled moment is recorded once, whoever comes to it."""

import json
from collections.abc import Sequence

from pydantic import ValidationError
from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session, defer

from memory.store.database import Database
from memory.store.tables import FiringTable, ScheduleTable
from reasoner.errors import DataError, NotFoundError, UsageError
from reasoner.types.schedule import Firing, Outcome, Schedule, ScheduleEntry


class ScheduleStore:
    """The schedules of a home."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, schedule: Schedule, *, since: str) -> None:
        """Keeps a schedule, whose moments count from `since`. A removed one of this name comes back as the new one.

        Raises:
            UsageError: the name is taken.
        """
        with self._database.session() as session:
            query = select(ScheduleTable).where(ScheduleTable.name == schedule.name)
            row = session.scalars(query.options(defer(ScheduleTable.record))).one_or_none()
            if row is not None and not row.removed:
                raise UsageError(
                    f"there is a schedule {schedule.name!r} already (`reasoner schedule show {schedule.name}`); choose "
                    f"another name, or remove it first with `reasoner schedule remove {schedule.name}`"
                )
            row = row or ScheduleTable(name=schedule.name)
            row.record, row.seen_until, row.removed = schedule.model_dump(mode="json"), since, False
            session.add(row)

    def remove(self, name: str) -> None:
        """Ends a schedule; its firings stay."""
        with self._database.session() as session:
            _row(session, name).removed = True

    def get(self, name: str) -> Schedule:
        """One schedule.

        Raises:
            NotFoundError: there is none of this name.
            DataError: its row cannot be read.
        """
        entry = self.entry(name)
        if entry.schedule is None:
            raise DataError(f"schedule {name!r}: {entry.fault}")
        return entry.schedule

    def entry(self, name: str) -> ScheduleEntry:
        """One schedule, readable or not.

        Raises:
            NotFoundError: there is none of this name.
        """
        found = next((entry for entry in self.entries() if entry.name == name), None)
        if found is None:
            raise _unknown(name)
        return found

    def seen_until(self, name: str) -> str:
        """The moment up to which everything due is recorded."""
        with self._database.reading() as session:
            return _row(session, name).seen_until

    def entries(self) -> list[ScheduleEntry]:
        """Those that are not removed, readable or not, in the order in which they were added."""
        # As text: a record that is no JSON at all would otherwise hide all others.
        query = select(ScheduleTable.name, cast(ScheduleTable.record, Text)).where(ScheduleTable.removed.is_(False))
        with self._database.reading() as session:
            return [_entry(name, text) for name, text in session.execute(query.order_by(ScheduleTable.number))]

    def record(self, name: str, firings: Sequence[Firing], *, since: str, until: str) -> bool:
        """Records what became due after `since` up to `until`, all or nothing.

        Returns False, and changes nothing, if somebody else has looked at this schedule since.
        """
        with self._database.session() as session:
            row = _row(session, name)
            if row.seen_until != since:
                return False
            row.seen_until = until
            for firing in firings:
                _insert(session, firing)
            return True

    def insert(self, firing: Firing) -> Firing:
        """Records one moment out of turn; one that is recorded stays as it is and is returned."""
        with self._database.session() as session:
            return _insert(session, firing)

    def settle(self, firing: Firing, outcome: Outcome, *, job: str = "", note: str = "") -> Firing:
        """Says what became of a recorded moment."""
        with self._database.session() as session:
            row = _firing(session, firing)
            assert row is not None, f"{firing} was never recorded"
            row.outcome, row.job, row.note = outcome, job, note
            return _record(row)

    def firings(self, name: str) -> list[Firing]:
        """The recorded moments of a schedule, oldest first."""
        query = select(FiringTable).where(FiringTable.schedule == name).order_by(FiringTable.scheduled)
        with self._database.reading() as session:
            return [_record(row) for row in session.scalars(query)]


def _row(session: Session, name: str) -> ScheduleTable:
    """Without its record, which may be no JSON: such a schedule can be removed all the same."""
    query = select(ScheduleTable).where(ScheduleTable.name == name, ScheduleTable.removed.is_(False))
    row = session.scalars(query.options(defer(ScheduleTable.record))).one_or_none()
    if row is None:
        raise _unknown(name)
    return row


def _entry(name: str, text: str) -> ScheduleEntry:
    try:
        schedule = Schedule.model_validate(json.loads(text))
        fault = "" if schedule.name == name else f"its row is that of {schedule.name!r:.80}"
    except ValidationError as error:
        schedule, first = None, error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "record"
        fault = f"its row cannot be read: {field}={first['input']!r:.80}: {first['msg']}"
    except (ValueError, RecursionError) as error:
        schedule, fault = None, f"its row is not JSON: {error}"
    if fault:
        fault += f"; `reasoner schedule remove {name}`, then add it again"
    return ScheduleEntry(name=name, schedule=None if fault else schedule, fault=fault)


def _unknown(name: str) -> NotFoundError:
    return NotFoundError(f"there is no schedule {name!r}; `reasoner schedule list` shows those that are")


def _firing(session: Session, firing: Firing) -> FiringTable | None:
    query = select(FiringTable).where(
        FiringTable.schedule == firing.schedule, FiringTable.scheduled == firing.scheduled
    )
    return session.scalars(query).one_or_none()


def _insert(session: Session, firing: Firing) -> Firing:
    row = _firing(session, firing)
    if row is None:
        row = FiringTable(**firing.model_dump())
        session.add(row)
    return _record(row)


def _record(row: FiringTable) -> Firing:
    return Firing.model_validate({name: getattr(row, name) for name in Firing.model_fields})
