"""What a fork knows from its start: rows of its parent, linked under its own name, in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from memory.store.database import Database
from memory.store.rows import chunks
from memory.store.runs import RunRow, new_run
from memory.store.tables import CacheHitTable, MembershipTable, RequestTable, VerdictTable


def create_fork(
    database: Database,
    run: str,
    *,
    parent: str,
    config_hash: str,
    settings: dict[str, Any],
    seed: int,
    calls: Mapping[int, Sequence[str]],
    verdicts_to: int,
    examples_to: int,
) -> RunRow:
    """Makes the row of a run that begins with what another has: all or nothing.

    Args:
        database: the store.
        run: id of the fork.
        parent: id of the run that it goes on from.
        config_hash: marks the fork; no other run has it.
        settings: of the fork, plain JSON.
        seed: of the fork.
        calls: ids of the teacher calls that it takes over, by cycle; they cost it nothing.
        verdicts_to: last cycle whose verdicts it takes over.
        examples_to: last cycle whose examples it has learnt.
    """
    with database.session() as session:
        row = new_run(session, run, config_hash, settings, seed)
        _link_calls(session, run, parent, calls)
        _link_verdicts(session, run, parent, verdicts_to)
        _link_examples(session, run, parent, examples_to)
        return row


def _link_calls(session: Session, run: str, parent: str, calls: Mapping[int, Sequence[str]]) -> None:
    """As answers that had been given before: from the parent's own requests, or what served the parent."""
    hits: list[dict[str, Any]] = []
    for cycle, keys in calls.items():
        for chunk in chunks(sorted(set(keys))):
            found: dict[str, int] = {}
            paid = select(RequestTable).where(RequestTable.run == parent, RequestTable.key.in_(chunk))
            for row in session.scalars(paid.order_by(RequestTable.state == "done", RequestTable.number)):
                found[row.key] = row.number  # the answered one comes last
            served = select(CacheHitTable).where(CacheHitTable.run == parent, CacheHitTable.key.in_(chunk))
            for hit in session.scalars(served):
                found.setdefault(hit.key, hit.request)
            hits += [{"run": run, "cycle": cycle, "key": key, "request": number} for key, number in found.items()]
    if hits:
        session.execute(insert(CacheHitTable), hits)


def _link_verdicts(session: Session, run: str, parent: str, to: int) -> None:
    query = select(VerdictTable).where(VerdictTable.run == parent, VerdictTable.cycle <= to)
    rows = [
        {
            "run": run,
            "id": row.id,
            "cycle": row.cycle,
            "teacher_call": row.teacher_call,
            "accepted": row.accepted,
            "record": row.record,
        }
        for row in session.scalars(query)
    ]
    if rows:
        session.execute(insert(VerdictTable), rows)


def _link_examples(session: Session, run: str, parent: str, to: int) -> None:
    query = select(MembershipTable).where(MembershipTable.run == parent, MembershipTable.cycle <= to)
    rows = [
        {
            "run": run,
            "example": row.example,
            "cycle": row.cycle,
            "record": row.record | {"lineage": row.record["lineage"] | {"run": run}},
        }
        for row in session.scalars(query)
    ]
    if rows:
        session.execute(insert(MembershipTable), rows)
