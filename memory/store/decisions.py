"""The gate's decisions. They are written once and never changed: promotion rests on them.

They are chained (`memory.store.chain`); recording and promoting verify the whole chain, mere reading does not.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.store.chain import BEGINNING, digest_of, link, move_head, readable, require_head
from memory.store.database import Database
from memory.store.tables import DecisionTable, now
from reasoner.errors import GateError, NotFoundError
from reasoner.types.report import Change, Decision


class DecisionStore:
    """The decisions of all runs."""

    def __init__(self, database: Database):
        self._database = database

    def record(self, decision: Decision) -> Decision:
        """Keeps a decision and returns it as it was kept first; the same again changes nothing.

        Raises:
            GateError: another decision has this id, or the record of decisions was changed.
        """
        with self._database.session() as session:
            known = verified_decisions(session)
            found = known.get(decision.id)
            if found is None:
                _append(session, decision, known)
                return decision
            # One from before the attempts' sums were kept says the same without them.
            alike = decision if found.attempts_sha256 else decision.model_copy(update={"attempts_sha256": ()})
            if found != alike:
                raise GateError(
                    f"decision {decision.id!r} is recorded with verdict {found.verdict!r} and cannot be rewritten; "
                    "decide anew under another id"
                )
            return found

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

    def ancestry(self, champion: str) -> list[Decision]:
        """The promotions that led to a champion, in any run, the newest first; a merge is none."""
        query = select(DecisionTable.record).order_by(DecisionTable.number)
        with self._database.reading() as session:
            found = [Decision.model_validate(record) for record in session.scalars(query)]
        made = {d.candidate: d for d in found if d.verdict == "promote" and d.kind != "revert"}
        line, seen = list[Decision](), set[str]()
        while champion in made and champion not in seen:
            seen.add(champion)
            decision = made[champion]
            line += [decision] if decision.kind == "promotion" else []
            champion = decision.champion
        return line

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


def verified_decisions(session: Session, *, may_lack_seal: bool = False) -> dict[str, Decision]:
    """All decisions by id, in the order in which they were recorded.

    Raises:
        GateError: one of them is not what was recorded, or one is missing.
    """
    found, before = dict[str, Decision](), BEGINNING
    with readable("decisions"):
        for row in session.scalars(select(DecisionTable).order_by(DecisionTable.number)):
            decision = Decision.model_validate(row.record)
            if row.digest != _digest(row, before) or (decision.id, decision.run) != (row.id, row.run):
                raise GateError(
                    f"the record of decisions was changed: decision {row.id!r} of run {row.run!r} does not match its "
                    "digest; nobody is promoted on it. Restore the store from a backup"
                )
            found[row.id], before = decision, row.digest
    require_head(session, "decisions", length=len(found), digest=before, may_lack_seal=may_lack_seal)
    return found


def require_promoting(session: Session, decision_id: str) -> Decision:
    """A decision to promote, after the whole record has been verified.

    Raises:
        GateError: there is no such decision, it says something else, or the record was changed.
    """
    decision = verified_decisions(session).get(decision_id)
    if decision is None:
        raise GateError(f"decision {decision_id!r} is not recorded; a champion changes only on a recorded decision")
    if decision.verdict != "promote":
        waits = "; a person decides: `reasoner proposals list`" if decision.verdict == "await" else ""
        raise GateError(
            f"decision {decision_id!r} says {decision.verdict!r} of candidate {decision.candidate!r}, "
            f"not 'promote': {decision.reason}{waits}"
        )
    return decision


def _append(session: Session, decision: Decision, known: dict[str, Decision]) -> None:
    last = select(DecisionTable.digest).order_by(DecisionTable.number.desc()).limit(1)
    before = session.scalars(last).one_or_none() or BEGINNING
    record = decision.model_dump(mode="json")
    row = DecisionTable(id=decision.id, run=decision.run, record=record, recorded_at=now(), digest="")
    row.digest = _digest(row, before)
    session.add(row)
    move_head(session, "decisions", length=len(known) + 1, digest=row.digest)


def _digest(row: DecisionTable, before: str) -> str:
    return link([row.id, row.run, digest_of(row.record), row.recorded_at], before)
