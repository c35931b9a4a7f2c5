"""What an audit reads: plain looks at the tables that no other part of the store needs."""

from collections.abc import Iterator, Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute

from memory.sameness import fold
from memory.store.database import Database
from memory.store.merging import sighting_key
from memory.store.rows import chunks
from memory.store.tables import ExampleTable, LatentTable, MembershipTable, SightingTable, VerdictTable, WrongTable, now
from memory.store.versions import turn
from reasoner.types.example import Example


class AuditStore:
    """The looks, and what mends what they find."""

    def __init__(self, database: Database):
        self._database = database

    def same(self) -> list[list[str]]:
        """Groups of examples that say the same in other writing, the first learnt first."""
        return self._groups((ExampleTable.question_key, ExampleTable.solution_key))

    def of_one_solution(self) -> list[list[str]]:
        """Groups of examples with the same solution, the first learnt first."""
        return self._groups((ExampleTable.solution_key,))

    def of_one_question(self) -> list[list[str]]:
        """Groups of examples of the same question, the first learnt first."""
        return self._groups((ExampleTable.question_key,))

    def contradictions(self) -> list[list[str]]:
        """Groups of examples of one question with different answers."""
        groups = self.of_one_question()
        answers = self._answers([id for group in groups for id in group])
        return [group for group in groups if len({answers[id] for id in group}) > 1]

    def unverified(self) -> list[str]:
        """Ids of examples of others that no accepted verdict speaks for, sorted."""
        spoken = select(VerdictTable.id).where(VerdictTable.accepted)
        query = select(ExampleTable.id, ExampleTable.record).where(
            ExampleTable.dropped.is_(False), ExampleTable.source.in_(("teacher_solution", "teacher_problem"))
        )
        with self._database.reading() as session:
            accepted = set(session.scalars(spoken))
            rows = session.execute(query.order_by(ExampleTable.id))
            return [id for id, record in rows if record["lineage"]["verdict"] not in accepted]

    def unlearnt(self) -> list[str]:
        """Ids of examples that no run has learnt, sorted."""
        members = select(MembershipTable.example)
        query = select(ExampleTable.id).where(ExampleTable.dropped.is_(False), ExampleTable.id.not_in(members))
        with self._database.reading() as session:
            return list(session.scalars(query.order_by(ExampleTable.id)))

    def latents_of_nothing(self) -> list[int]:
        """Numbers of latents whose item the store does not know."""
        with self._database.reading() as session:
            return [
                number
                for correct, table in ((True, ExampleTable), (False, WrongTable))
                for number in session.scalars(
                    select(LatentTable.number).where(
                        LatentTable.correct.is_(correct), LatentTable.item.not_in(select(table.id))
                    )
                )
            ]

    def shares(self, by: str) -> dict[str, int]:
        """Examples by `source`, `teacher`, `domain`, `skill` or `run`."""
        column = getattr(ExampleTable, by)
        query = select(column, func.count()).where(ExampleTable.dropped.is_(False)).group_by(column).order_by(column)
        with self._database.reading() as session:
            return dict(session.execute(query).all())

    def examples(self) -> Iterator[Example]:
        """All that is remembered, by id."""
        with self._database.reading() as session:
            ids = list(
                session.scalars(
                    select(ExampleTable.id).where(ExampleTable.dropped.is_(False)).order_by(ExampleTable.id)
                )
            )
        for chunk in chunks(ids):
            with self._database.reading() as session:
                query = select(ExampleTable.record).where(ExampleTable.id.in_(chunk)).order_by(ExampleTable.id)
                records = session.scalars(query).all()
            yield from (Example.model_validate(record) for record in records)

    def merge(self, groups: Sequence[Sequence[str]], *, cause: str) -> int:
        """Lets the first of each group stand for the others, which count as sightings; how many were merged."""
        stands = {id: group[0] for group in groups for id in group[1:]}
        with self._database.session() as session:
            rows = [
                (stands[row.id], Example.model_validate(row.record))
                for chunk in chunks(sorted(stands))
                for row in session.scalars(
                    select(ExampleTable).where(ExampleTable.id.in_(chunk), ExampleTable.dropped.is_(False))
                )
            ]
            counted = [
                {"key": sighting_key(first, e), "example": first, "record": e.model_dump(mode="json"), "met_at": now()}
                for first, e in rows
            ]
            for chunk in chunks([row["key"] for row in counted]):
                there = set(session.scalars(select(SightingTable.key).where(SightingTable.key.in_(chunk))))
                counted = [row for row in counted if row["key"] not in there]
            if counted:
                session.execute(insert(SightingTable), counted)
            return turn(session, stands, dropped=True, kind="merged", cause=cause, reason="another says the same")

    def forget_latents(self, numbers: Sequence[int]) -> int:
        """Deletes latents of nothing: they are derived, and nothing remembers them. How many."""
        with self._database.session() as session:
            for chunk in chunks(numbers):
                session.execute(delete(LatentTable).where(LatentTable.number.in_(chunk)))
        return len(numbers)

    def _groups(self, columns: Sequence[InstrumentedAttribute[str]]) -> list[list[str]]:
        inside = ExampleTable.dropped.is_(False)
        shared = select(*columns).where(inside).group_by(*columns).having(func.count() > 1).subquery()
        agree = [column == other for column, other in zip(columns, shared.c, strict=True)]
        query = select(ExampleTable.id, *columns).join(shared, *agree[:1]).where(inside, *agree)
        groups: dict[tuple[str, ...], list[str]] = {}
        with self._database.reading() as session:
            for id, *key in session.execute(query.order_by(ExampleTable.version, ExampleTable.id)):
                groups.setdefault(tuple(key), []).append(id)
        return list(groups.values())

    def _answers(self, ids: Sequence[str]) -> dict[str, str]:
        answers: dict[str, str] = {}
        with self._database.reading() as session:
            for chunk in chunks(ids):
                query = select(ExampleTable.id, ExampleTable.answer).where(ExampleTable.id.in_(chunk))
                answers.update({id: fold(answer) for id, answer in session.execute(query)})
        return answers
