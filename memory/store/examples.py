"""Examples and wrong attempts, as they are asked for; `memory.store.learning` says how they come in.

An example is content, question and steps: it is kept once in a home, however often it is learnt. Which run learnt it,
in which cycle and whence, is a membership. What was met again is counted beside it as a sighting.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
from sqlalchemy import Select, Text, bindparam, cast, func, select

from memory.filters import Filter
from memory.store import full_text
from memory.store.database import Database
from memory.store.latents import require_rows
from memory.store.learning import learn, learn_wrong, learnt_before
from memory.store.rows import chunks
from memory.store.tables import ExampleTable, MembershipTable, SightingTable, WrongTable
from memory.store.versions import Kind
from reasoner.errors import NotFoundError
from reasoner.types.example import Example, WrongAttempt
from reasoner.types.record import Record

T = TypeVar("T")

SOLUTIONS = 4
"""Different solutions that are kept of one question; the most different ones."""


class Added(Record):
    """What adding came to."""

    added: list[str]
    """Ids that the run learnt by this, in the order given; the same again when the same is added twice. Of what is
    the same as something remembered, or nearly, the id of that."""
    duplicates: int
    """Items that the run knew already from elsewhere."""


_RECORDS = select(ExampleTable.id, cast(ExampleTable.record, Text)).where(
    ExampleTable.id.in_(bindparam("ids", expanding=True))
)
_SIGHTINGS = (
    select(SightingTable.example, func.count())
    .where(SightingTable.example.in_(bindparam("ids", expanding=True)))
    .group_by(SightingTable.example)
)


class Glance(Record):
    """What a search shows of what it found."""

    examples: list[Example]
    sightings: dict[str, int]
    """How often each was met again, of those that were."""


class ExampleStore:
    """What the runs of a home have learnt, and what they got wrong."""

    def __init__(self, database: Database):
        self._database = database

    def add(
        self, examples: Sequence[Example], latents: np.ndarray | None, *, space: str, kind: Kind = "learnt"
    ) -> Added:
        """Adds verified examples, each to the run of its lineage; all or none.

        Adding the same with the same lineage again changes nothing and gives the same answer, so a node that was
        interrupted may simply run again.

        Args:
            examples: the first of several with one id counts, the others are duplicates.
            latents: vectors_ND of their questions, one row for each example, or None.
            space: fingerprint of the encoder that made the latents.
            kind: of the version that this makes.

        Raises:
            UnverifiedError: a teacher's example has no verdict in the store that accepts it.
        """
        require_rows(latents, len(examples))
        with self._database.session() as session:
            added = learn(session, examples, latents, space=space, kind=kind, most=SOLUTIONS)
        return Added(added=added, duplicates=len(examples) - len(added))

    def add_wrong(self, attempts: Sequence[WrongAttempt], latents: np.ndarray | None, *, space: str) -> Added:
        """Adds failed attempts, as `add` does; they are never among `examples`, and each is kept as it is."""
        require_rows(latents, len(attempts))
        with self._database.session() as session:
            added = learn_wrong(session, attempts, latents, space=space)
        return Added(added=added, duplicates=len(attempts) - len(added))

    def ids(self, only: Filter, *, correct: bool) -> list[str]:
        """Ids in the memory that are meant, sorted."""
        table = ExampleTable if correct else WrongTable
        query = select(table.id).distinct().where(table.dropped.is_(False)).order_by(table.id)
        with self._database.reading() as session:
            return list(session.scalars(_meant(query, only, correct=correct)))

    def with_words(self, words: str, *, k: int) -> list[str]:
        """Ids of the k examples that share most, or the rarest, words with the text; the best first."""
        with self._database.reading() as session:
            return full_text.find(session, words, k=k)

    def knows(self, id: str, *, correct: bool) -> bool:
        """Whether the memory holds an example, or a wrong attempt, of this id."""
        table = ExampleTable if correct else WrongTable
        query = select(table.id).where(table.id == id, table.dropped.is_(False)).limit(1)
        with self._database.reading() as session:
            return session.scalars(query).first() is not None

    def ever_learnt(self, ids: Sequence[str]) -> set[str]:
        """Those of the ids whose content the home has learnt from whichever run, dropped since or not."""
        with self._database.reading() as session:
            return learnt_before(session, ids)

    def of_problem(self, problem: str) -> list[str]:
        """Ids of the examples of a problem's id, the first learnt first."""
        query = select(ExampleTable.id).where(ExampleTable.problem == problem, ExampleTable.dropped.is_(False))
        with self._database.reading() as session:
            return list(session.scalars(query.order_by(ExampleTable.version, ExampleTable.id)))

    def sightings(self, ids: Sequence[str]) -> dict[str, int]:
        """How often each was met again, of those that were."""
        return self.glance([], counting=ids).sightings

    def glance(self, ids: Sequence[str], *, counting: Sequence[str] = ()) -> Glance:
        """Examples in the order of their ids, and how often others were met again.

        Raises:
            NotFoundError: the store does not know one of them.
        """
        # As text: pydantic reads JSON faster than it checks what json has read.
        records: dict[str, str] = {}
        counts: dict[str, int] = {}
        with self._database.looking() as connection:
            for chunk in chunks(ids):
                records.update(dict(connection.execute(_RECORDS, {"ids": list(chunk)}).all()))
            for chunk in chunks(counting):
                counts.update(dict(connection.execute(_SIGHTINGS, {"ids": list(chunk)}).all()))
        found = [Example.model_validate_json(_known(records, id)) for id in ids]
        return Glance.model_construct(examples=found, sightings=counts)

    def examples(self, *, run: str | None, up_to_cycle: int | None) -> list[Example]:
        """What a run has learnt up to and with a cycle, by cycle, then id; every example of the home without a run."""
        if run is None:
            assert up_to_cycle is None, "cycles belong to runs: name the run"
            query = select(ExampleTable.record).where(ExampleTable.dropped.is_(False)).order_by(ExampleTable.id)
        else:
            inside = select(ExampleTable.id).where(ExampleTable.dropped.is_(False))
            query = select(MembershipTable.record).where(MembershipTable.run == run)
            query = query.where(MembershipTable.example.in_(inside))
            query = query.order_by(MembershipTable.cycle, MembershipTable.example)
            query = query if up_to_cycle is None else query.where(MembershipTable.cycle <= up_to_cycle)
        with self._database.reading() as session:
            return [Example.model_validate(record) for record in session.scalars(query)]

    def count(self, run: str | None = None) -> int:
        """Examples of a run, or of the home."""
        query = select(func.count()).select_from(ExampleTable).where(ExampleTable.dropped.is_(False))
        if run is not None:
            query = query.join(MembershipTable, MembershipTable.example == ExampleTable.id)
            query = query.where(MembershipTable.run == run)
        with self._database.reading() as session:
            return session.execute(query).scalar_one()

    def counts(self, *, correct: bool) -> dict[str, int]:
        """Examples, or wrong attempts, of the home by skill."""
        table = ExampleTable if correct else WrongTable
        with self._database.reading() as session:
            query = (
                select(table.skill, func.count(table.id.distinct()).label("amount"))
                .where(table.dropped.is_(False))
                .group_by(table.skill)
                .order_by(table.skill)
            )
            return {row.skill: row.amount for row in session.execute(query)}

    def get(self, id: str) -> Example:
        """One example, with the lineage under which the home first learnt it.

        Raises:
            NotFoundError: the store does not know it.
        """
        return self.found([id])[0]

    def found(self, ids: Sequence[str]) -> list[Example]:
        """Examples in the order of their ids.

        Raises:
            NotFoundError: the store does not know one of them.
        """
        return self.glance(ids).examples

    def found_wrong(self, ids: Sequence[str]) -> list[WrongAttempt]:
        """Wrong attempts in the order of their ids, as the first run by name had them.

        Raises:
            NotFoundError: the store does not know one of them.
        """
        with self._database.reading() as session:
            records = {
                row.id: row.record
                for chunk in chunks(ids)
                for row in session.scalars(
                    select(WrongTable).where(WrongTable.id.in_(chunk)).order_by(WrongTable.run.desc())
                )
            }
        return [WrongAttempt.model_validate(_known(records, id)) for id in ids]


def _meant(query: Select[str], only: Filter, *, correct: bool) -> Select[str]:
    table = ExampleTable if correct else WrongTable
    for name, asked in only.model_dump(exclude_none=True, exclude={"since", "until"}).items():
        query = query.where(getattr(table, name) == asked)
    query = query if only.since is None else query.where(table.learnt_at >= only.since)
    return query if only.until is None else query.where(table.learnt_at < only.until)


def _known(records: Mapping[str, T], id: str) -> T:
    if id not in records:
        raise NotFoundError(f"{id!r} is not in the memory of this home; `reasoner memory search TEXT` shows what is")
    return records[id]
