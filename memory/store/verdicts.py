"""Verdicts on what teachers wrote, with their reasons."""

from collections.abc import Sequence

from sqlalchemy import select

from memory.store.database import Database
from memory.store.rows import chunks
from memory.store.tables import VerdictTable
from reasoner.errors import NotFoundError
from reasoner.types.teaching import Verdict


class VerdictStore:
    """The verdicts of all runs."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, verdicts: Sequence[Verdict], *, run: str, cycle: int) -> int:
        """Keeps verdicts; those that the run has already are left as they are. Returns how many were new."""
        with self._database.session() as session:
            fresh = {verdict.id: verdict for verdict in verdicts}
            for chunk in chunks(list(fresh)):
                known = select(VerdictTable.id).where(VerdictTable.run == run, VerdictTable.id.in_(chunk))
                for id in session.scalars(known):
                    del fresh[id]
            session.add_all(
                VerdictTable(
                    run=run,
                    id=verdict.id,
                    cycle=cycle,
                    teacher_call=verdict.teacher_call,
                    accepted=verdict.accepted,
                    record=verdict.model_dump(mode="json"),
                )
                for verdict in fresh.values()
            )
        return len(fresh)

    def get(self, id: str) -> Verdict:
        """One verdict.

        Raises:
            NotFoundError: the store does not know it.
        """
        query = select(VerdictTable.record).where(VerdictTable.id == id).order_by(VerdictTable.run).limit(1)
        with self._database.reading() as session:
            record = session.scalars(query).one_or_none()
        if record is None:
            raise NotFoundError(f"verdict {id!r} is not in this home")
        return Verdict.model_validate(record)

    def for_run(self, run: str, cycle: int | None = None) -> list[Verdict]:
        """The verdicts of a run, of one cycle or of all, by cycle, then id."""
        query = select(VerdictTable.record).where(VerdictTable.run == run)
        query = query if cycle is None else query.where(VerdictTable.cycle == cycle)
        with self._database.reading() as session:
            records = session.scalars(query.order_by(VerdictTable.cycle, VerdictTable.id))
            return [Verdict.model_validate(record) for record in records]
