"""The gate's decisions. They are written once and never changed: promotion rests on them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.store.database import Database
from memory.store.tables import DecisionTable, now
from reasoner.errors import GateError, NotFoundError
from reasoner.types.report import Change, Decision


class DecisionStore:
    """The decisions of all runs."""

    def __init__(self, database: Database):
        self._database = database

    def record(self, decision: Decision) -> Decision:
        """Keeps a decision; the same again changes nothing.

        Raises:
            GateError: another decision has this id.
        """
        with self._database.session() as session:
            found = find_decision(session, decision.id)
            if found is None:
                session.add(
                    DecisionTable(
                        id=decision.id, run=decision.run, record=decision.model_dump(mode="json"), recorded_at=now()
                    )
                )
            elif found != decision:
                raise GateError(
                    f"decision {decision.id!r} is recorded with verdict {found.verdict!r} and cannot be rewritten; "
                    "decide anew under another id"
                )
        return decision

    def get(self, id: str) -> Decision:
        """One decision.

        Raises:
            NotFoundError: the store does not know it.
        """
        with self._database.reading() as session:
            found = find_decision(session, id)
        if found is None:
            raise NotFoundError(f"decision {id!r} is not in this home")
        return found

    def find(self, id: str) -> Decision | None:
        """One decision; None if the store does not know it."""
        with self._database.reading() as session:
            return find_decision(session, id)

    def for_run(self, run: str) -> list[Decision]:
        """The decisions of a run, in the order in which they were recorded."""
        query = select(DecisionTable.record).where(DecisionTable.run == run).order_by(DecisionTable.number)
        with self._database.reading() as session:
            return [Decision.model_validate(record) for record in session.scalars(query)]

    def promoting(self, candidate: str, *, kind: Change = "promotion") -> Decision | None:
        """The newest decision of a kind on which this checkpoint took another's place, in any run; None for none."""
        query = select(DecisionTable.record).order_by(DecisionTable.number.desc())
        with self._database.reading() as session:
            found = (Decision.model_validate(record) for record in session.scalars(query))
            made = (d for d in found if (d.candidate, d.verdict, d.kind) == (candidate, "promote", kind))
            return next(made, None)

    def about_champion(self, champion: str) -> list[Decision]:
        """The decisions that compared somebody with this champion, in any run, in the order of their recording."""
        query = select(DecisionTable.record).order_by(DecisionTable.number)
        with self._database.reading() as session:
            found = [Decision.model_validate(record) for record in session.scalars(query)]
        return [decision for decision in found if decision.champion == champion]


def find_decision(session: Session, id: str) -> Decision | None:
    """The decision as the transaction sees it."""
    record = session.scalars(select(DecisionTable.record).where(DecisionTable.id == id)).one_or_none()
    return None if record is None else Decision.model_validate(record)
