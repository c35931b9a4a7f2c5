"""Where ids turn up: which runs and cycles know a call, a verdict, an example, a failed problem."""

from collections.abc import Iterable

from sqlalchemy import select

from memory.store.database import Database
from memory.store.tables import CacheHitTable, MembershipTable, RequestTable, SightingTable, VerdictTable, WrongTable
from reasoner.types.example import Example
from reasoner.types.record import Record


class Place(Record):
    """A cycle of a run."""

    run: str
    cycle: int


class LineageStore:
    """Questions about origins, over all runs of a home."""

    def __init__(self, database: Database):
        self._database = database

    def of_call(self, call: str) -> list[Place]:
        """Where a teacher call was paid, or answered from the cache."""
        paid = select(RequestTable.run, RequestTable.cycle).where(RequestTable.key == call).distinct()
        hits = select(CacheHitTable.run, CacheHitTable.cycle).where(CacheHitTable.key == call)
        with self._database.reading() as session:
            rows = [*session.execute(paid), *session.execute(hits)]
        return _places((run, cycle) for run, cycle in rows if cycle is not None and cycle >= 0)

    def of_verdict(self, verdict: str) -> list[Place]:
        """Where a verdict was given."""
        query = select(VerdictTable.run, VerdictTable.cycle).where(VerdictTable.id == verdict)
        with self._database.reading() as session:
            return _places((run, cycle) for run, cycle in session.execute(query))

    def of_failure(self, problem: str) -> list[Place]:
        """Where a problem was failed and the store knows of it: it was asked about, or its attempt is remembered."""
        asked = select(RequestTable.run, RequestTable.cycle).where(RequestTable.problem_id == problem).distinct()
        wrong = select(WrongTable.run, WrongTable.cycle).where(
            WrongTable.record["problem"]["id"].as_string() == problem
        )
        with self._database.reading() as session:
            rows = [*session.execute(asked), *session.execute(wrong)]
        return _places((run, cycle) for run, cycle in rows if cycle is not None and cycle >= 0)

    def of_example(self, example: str) -> list[Example]:
        """An example as each run that learnt it did, with that run's lineage."""
        query = select(MembershipTable.record).where(MembershipTable.example == example)
        with self._database.reading() as session:
            return [Example.model_validate(record) for record in session.scalars(query.order_by(MembershipTable.run))]

    def learnt(self, run: str) -> list[Example]:
        """Everything that a run has learnt, dropped since or not, by cycle, then id."""
        query = select(MembershipTable.record).where(MembershipTable.run == run)
        with self._database.reading() as session:
            found = session.scalars(query.order_by(MembershipTable.cycle, MembershipTable.example))
            return [Example.model_validate(record) for record in found]

    def met_again(self, verdict: str) -> list[str]:
        """Ids of the examples that stand for what a verdict accepted, where it was known or nearly so."""
        query = select(SightingTable.example).where(SightingTable.record["lineage"]["verdict"].as_string() == verdict)
        with self._database.reading() as session:
            return list(session.scalars(query.distinct()))


def _places(rows: Iterable[tuple[str, int]]) -> list[Place]:
    unique = dict.fromkeys(rows)
    return [Place(run=run, cycle=cycle) for run, cycle in sorted(unique)]
