"""Examples and wrong attempts with their latents.

An example is content, question and steps: it is kept once in a home, however often it is learnt. Which run learnt it,
in which cycle and whence, is a membership: a run that meets content known from another run learns it with its own
lineage.
Latents are vectors_ND, float32, one row for each item, kept for each space (the fingerprint of the encoder).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from memory.store.database import Database
from memory.store.tables import ExampleTable, LatentTable, MembershipTable, WrongTable
from reasoner.errors import NotFoundError
from reasoner.types.example import Example, Lineage, WrongAttempt
from reasoner.types.record import Record

BATCH = 500
"""Ids in one query; databases limit the number of parameters."""

Item = TypeVar("Item", Example, WrongAttempt)


class Added(Record):
    """What adding came to."""

    added: list[str]
    """Ids that the run learnt by this, in the order given; the same again when the same is added twice."""
    duplicates: int
    """Items that the run knew already from elsewhere."""


class Vector(Record):
    """Where an item's latent stands in its space."""

    number: int
    """Grows with each latent of the home; never changes."""
    item: str


class ExampleStore:
    """What the runs of a home have learnt, and what they got wrong."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, examples: Sequence[Example], latents: np.ndarray | None, *, space: str) -> Added:
        """Adds verified examples, each to the run of its lineage; all or none.

        Adding the same with the same lineage again changes nothing and gives the same answer, so a node that was
        interrupted may simply run again.

        Args:
            examples: the first of several with one id counts, the others are duplicates.
            latents: vectors_ND, one row for each example, or None.
            space: fingerprint of the encoder that made the latents.
        """
        _require_rows(latents, len(examples))
        with self._database.session() as session:
            added = _join(session, examples)
            _keep_contents(session, examples)
            _keep_latents(session, [example.id for example in examples], latents, space=space, correct=True)
        return Added(added=added, duplicates=len(examples) - len(added))

    def add_wrong(self, attempts: Sequence[WrongAttempt], latents: np.ndarray | None, *, space: str) -> Added:
        """Adds failed attempts, as `add` does; they are never among `examples`."""
        _require_rows(latents, len(attempts))
        with self._database.session() as session:
            known = {
                (row.run, row.id): WrongAttempt.model_validate(row.record).lineage
                for chunk in _chunks([attempt.id for attempt in attempts])
                for row in session.scalars(select(WrongTable).where(WrongTable.id.in_(chunk)))
            }
            fresh, added = _sift(attempts, known)
            session.add_all(
                WrongTable(
                    run=attempt.lineage.run,
                    id=attempt.id,
                    cycle=attempt.lineage.cycle,
                    skill=attempt.problem.skill,
                    record=attempt.model_dump(mode="json"),
                )
                for attempt in fresh
            )
            _keep_latents(session, [attempt.id for attempt in attempts], latents, space=space, correct=False)
        return Added(added=added, duplicates=len(attempts) - len(added))

    def examples(self, *, run: str | None, up_to_cycle: int | None) -> list[Example]:
        """What a run has learnt up to and with a cycle, by cycle, then id; every example of the home without a run."""
        if run is None:
            assert up_to_cycle is None, "cycles belong to runs: name the run"
            query = select(ExampleTable.record).order_by(ExampleTable.id)
        else:
            query = select(MembershipTable.record).where(MembershipTable.run == run)
            query = query.order_by(MembershipTable.cycle, MembershipTable.example)
            query = query if up_to_cycle is None else query.where(MembershipTable.cycle <= up_to_cycle)
        with self._database.reading() as session:
            return [Example.model_validate(record) for record in session.scalars(query)]

    def wrong(self, *, run: str) -> list[WrongAttempt]:
        """What a run got wrong, by cycle, then id."""
        query = select(WrongTable.record).where(WrongTable.run == run).order_by(WrongTable.cycle, WrongTable.id)
        with self._database.reading() as session:
            return [WrongAttempt.model_validate(record) for record in session.scalars(query)]

    def count(self, run: str | None = None) -> int:
        """Examples of a run, or of the home."""
        query = select(func.count()).select_from(ExampleTable)
        if run is not None:
            query = select(func.count()).select_from(MembershipTable).where(MembershipTable.run == run)
        with self._database.reading() as session:
            return session.execute(query).scalar_one()

    def counts(self, *, correct: bool) -> dict[str, int]:
        """Examples, or wrong attempts, of the home by skill."""
        table = ExampleTable if correct else WrongTable
        with self._database.reading() as session:
            query = (
                select(table.skill, func.count(table.id.distinct()).label("amount"))
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
        with self._database.reading() as session:
            records = {
                row.id: row.record
                for chunk in _chunks(ids)
                for row in session.scalars(select(ExampleTable).where(ExampleTable.id.in_(chunk)))
            }
        return [Example.model_validate(_known(records, id)) for id in ids]

    def found_wrong(self, ids: Sequence[str]) -> list[WrongAttempt]:
        """Wrong attempts in the order of their ids, as the first run by name had them.

        Raises:
            NotFoundError: the store does not know one of them.
        """
        with self._database.reading() as session:
            records = {
                row.id: row.record
                for chunk in _chunks(ids)
                for row in session.scalars(
                    select(WrongTable).where(WrongTable.id.in_(chunk)).order_by(WrongTable.run.desc())
                )
            }
        return [WrongAttempt.model_validate(_known(records, id)) for id in ids]

    def latents(self, space: str, ids: Sequence[str], *, correct: bool = True) -> np.ndarray:
        """Latents of examples (or of wrong attempts), vectors_ND float32 in the order of the ids.

        Raises:
            NotFoundError: one of them has no latent in this space.
        """
        with self._database.reading() as session:
            vectors = {
                row.item: row.vector
                for chunk in _chunks(ids)
                for row in session.scalars(_in_space(space, correct).where(LatentTable.item.in_(chunk)))
            }
        missing = [id for id in ids if id not in vectors]
        if missing:
            raise NotFoundError(
                f"{len(missing)} of {len(ids)} items have no latent in space {space!r}, such as {missing[0]!r}; "
                "encode them with the model of this space and add them again"
            )
        return _matrix(vectors[id] for id in ids)

    def entries(self, space: str, *, correct: bool) -> list[Vector]:
        """Which latents a space holds, in the order of their numbers."""
        query = select(LatentTable.number, LatentTable.item).order_by(LatentTable.number)
        with self._database.reading() as session:
            rows = session.execute(query.where(LatentTable.space == space, LatentTable.correct.is_(correct)))
            return [Vector(number=row.number, item=row.item) for row in rows]

    def vectors(self, space: str, *, correct: bool, after: int = 0) -> tuple[list[Vector], np.ndarray]:
        """All latents of a space whose number is greater than `after`, in the order of their numbers."""
        with self._database.reading() as session:
            query = _in_space(space, correct).where(LatentTable.number > after).order_by(LatentTable.number)
            rows = session.scalars(query).all()
        return [Vector(number=row.number, item=row.item) for row in rows], _matrix(row.vector for row in rows)


def _join(session: Session, examples: Sequence[Example]) -> list[str]:
    """Makes the examples members of their runs; returns the ids that count as added."""
    known = {
        (row.run, row.example): Example.model_validate(row.record).lineage
        for chunk in _chunks([example.id for example in examples])
        for row in session.scalars(select(MembershipTable).where(MembershipTable.example.in_(chunk)))
    }
    fresh, added = _sift(examples, known)
    session.add_all(
        MembershipTable(
            run=example.lineage.run,
            example=example.id,
            cycle=example.lineage.cycle,
            record=example.model_dump(mode="json"),
        )
        for example in fresh
    )
    return added


def _sift(items: Sequence[Item], known: Mapping[tuple[str, str], Lineage]) -> tuple[list[Item], list[str]]:
    """Those that their run does not know, and the ids that count as added: new, or added just so before."""
    fresh: list[Item] = []
    added: list[str] = []
    met: set[tuple[str, str]] = set()
    for item in items:
        member = (item.lineage.run, item.id)
        if member in met:
            continue
        met.add(member)
        if member not in known:
            fresh.append(item)
        if known.get(member, item.lineage) == item.lineage:
            added.append(item.id)
    return fresh, added


def _keep_contents(session: Session, examples: Sequence[Example]) -> None:
    contents = {example.id: example for example in reversed(examples)}
    for chunk in _chunks(list(contents)):
        for id in session.scalars(select(ExampleTable.id).where(ExampleTable.id.in_(chunk))):
            del contents[id]
    session.add_all(
        ExampleTable(id=id, skill=example.problem.skill, record=example.model_dump(mode="json"))
        for id, example in contents.items()
    )


def _keep_latents(
    session: Session, ids: Sequence[str], latents: np.ndarray | None, *, space: str, correct: bool
) -> None:
    if latents is None:
        return
    rows = dict(zip(reversed(ids), latents[::-1], strict=True))
    for chunk in _chunks(list(rows)):
        for item in session.scalars(
            select(LatentTable.item).where(
                LatentTable.space == space, LatentTable.correct.is_(correct), LatentTable.item.in_(chunk)
            )
        ):
            del rows[item]
    session.add_all(
        LatentTable(space=space, correct=correct, item=id, vector=vector.astype("<f4").tobytes())
        for id, vector in reversed(rows.items())
    )


def _require_rows(latents: np.ndarray | None, count: int) -> None:
    if latents is None:
        return
    assert latents.ndim == 2, f"latents of shape {latents.shape}, expected (N, D)"
    assert len(latents) == count, f"{len(latents)} latents for {count} items"
    assert np.isfinite(latents).all(), "a latent is not finite"


def _in_space(space: str, correct: bool) -> Select[LatentTable]:
    return select(LatentTable).where(LatentTable.space == space, LatentTable.correct.is_(correct))


def _known(records: Mapping[str, dict[str, Any]], id: str) -> dict[str, Any]:
    if id not in records:
        raise NotFoundError(f"{id!r} is not in the memory of this home; `reasoner memory search TEXT` shows what is")
    return records[id]


def _matrix(vectors: Iterable[bytes]) -> np.ndarray:
    rows = [np.frombuffer(vector, dtype="<f4") for vector in vectors]
    return np.stack(rows).astype(np.float32) if rows else np.zeros((0, 0), dtype=np.float32)


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
