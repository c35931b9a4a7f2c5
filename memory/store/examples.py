"""Examples and wrong attempts.

An example is content, question and steps: it is kept once in a home, however often it is learnt. Which run learnt it,
in which cycle and whence, is a membership: a run that meets content known from another run learns it with its own
lineage. What says the same as an example that is here, or nearly, is counted under it as a sighting and not kept again.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import Select, Text, bindparam, cast, func, insert, select
from sqlalchemy.orm import Session

from memory.filters import Filter
from memory.sameness import question_key, solution_key
from memory.store import full_text
from memory.store.crowding import crowd_out
from memory.store.database import Database
from memory.store.latents import keep_latents, require_rows
from memory.store.merging import met_before, sighting_key, stand_ins
from memory.store.rows import chunks, written
from memory.store.tables import ExampleTable, MembershipTable, SightingTable, VerdictTable, WrongTable, now
from memory.store.versions import Kind, new_version
from reasoner.errors import NotFoundError, UnverifiedError
from reasoner.types.example import Example, Lineage, WrongAttempt
from reasoner.types.record import Record

Item = TypeVar("Item", Example, WrongAttempt)
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
            fresh = _unknown(session, examples)
            _require_verdicts(session, [e for _, e in fresh])
            met = met_before(session, [e for _, e in fresh])
            fresh = [(place, e) for place, e in fresh if e.id not in met]
            rows = None if latents is None else latents[[place for place, _ in fresh]]
            merged = met | stand_ins(session, [e for _, e in fresh], rows, space=space)
            fresh = [(place, e) for place, e in fresh if e.id not in merged]
            _keep_contents(session, [e for _, e in fresh], kind)
            if latents is not None:
                # Also of what is known: it may lack its latent in this space.
                own = [place for place, e in enumerate(examples) if e.id not in merged]
                ids = [examples[place].id for place in own]
                keep_latents(session, ids, latents[own], space=space, correct=True)
            standing = _standing(session, examples, merged)
            added = _join(session, standing, _lineages(session, standing))
            _count_sightings(session, examples, merged, {e.id: e for _, e in reversed(fresh)})
            crowd_out(session, [e for _, e in fresh], most=SOLUTIONS)
        return Added(added=added, duplicates=len(examples) - len(added))

    def add_wrong(self, attempts: Sequence[WrongAttempt], latents: np.ndarray | None, *, space: str) -> Added:
        """Adds failed attempts, as `add` does; they are never among `examples`, and each is kept as it is."""
        require_rows(latents, len(attempts))
        with self._database.session() as session:
            known = {
                (row.run, row.id): WrongAttempt.model_validate(row.record).lineage
                for chunk in chunks([attempt.id for attempt in attempts])
                for row in session.scalars(select(WrongTable).where(WrongTable.id.in_(chunk)))
            }
            fresh, added = _sift(attempts, known)
            if fresh:
                version = new_version(session, "learnt", _cause([a.lineage for a in fresh]))
                session.execute(insert(WrongTable), [_wrong_row(attempt, version) for attempt in fresh])
            if latents is not None:
                keep_latents(session, [a.id for a in attempts], latents, space=space, correct=False)
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

    def wrong(self, *, run: str) -> list[WrongAttempt]:
        """What a run got wrong, by cycle, then id."""
        query = select(WrongTable.record).where(WrongTable.run == run).order_by(WrongTable.cycle, WrongTable.id)
        with self._database.reading() as session:
            return [WrongAttempt.model_validate(record) for record in session.scalars(query)]

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


def _unknown(session: Session, examples: Sequence[Example]) -> list[tuple[int, Example]]:
    """Place and example of those whose content the store has not got; the first of each id."""
    fresh = {e.id: (place, e) for place, e in reversed(list(enumerate(examples)))}
    for chunk in chunks(list(fresh)):
        for id in session.scalars(select(ExampleTable.id).where(ExampleTable.id.in_(chunk))):
            del fresh[id]
    return sorted(fresh.values(), key=lambda pair: pair[0])


def _require_verdicts(session: Session, examples: Sequence[Example]) -> None:
    """Nothing that a teacher says is knowledge because a teacher says it."""
    taught = {e.id: e.lineage.verdict for e in examples if e.source.startswith("teacher")}
    accepted: set[str] = set()
    for chunk in chunks(sorted(set(taught.values()))):
        accepted.update(
            session.scalars(select(VerdictTable.id).where(VerdictTable.id.in_(chunk), VerdictTable.accepted))
        )
    refused = [id for id, verdict in taught.items() if verdict not in accepted]
    if refused:
        raise UnverifiedError(
            f"{len(refused)} of {len(examples)} examples have no accepted verdict on record, such as {refused[0]!r} "
            f"with verdict {taught[refused[0]]!r}; record the verdict first, or let `reasoner memory import` judge it"
        )


def _standing(session: Session, examples: Sequence[Example], merged: Mapping[str, str]) -> list[Example]:
    """What each is learnt as: itself, or the content that stands for it under its own lineage.

    What was learnt in the same place as its stand-in was learnt with it.
    """
    contents = {e.id: e for e in examples} | _records(session, sorted(set(merged.values())))
    standing: list[Example] = []
    for example in examples:
        content = contents[merged.get(example.id, example.id)]
        if example.id not in merged:
            standing.append(example)
        elif content.lineage != example.lineage:
            own = {"lineage": example.lineage, "source": example.source, "teacher": example.teacher}
            standing.append(content.model_copy(update=own))
    return standing


def _records(session: Session, ids: Sequence[str]) -> dict[str, Example]:
    return {
        row.id: Example.model_validate(row.record)
        for chunk in chunks(ids)
        for row in session.scalars(select(ExampleTable).where(ExampleTable.id.in_(chunk)))
    }


def _lineages(session: Session, examples: Sequence[Example]) -> dict[tuple[str, str], Lineage]:
    """By run and id, of those that their run has learnt."""
    query = select(MembershipTable.run, MembershipTable.example, MembershipTable.record)
    return {
        (run, id): Example.model_validate(record).lineage
        for chunk in chunks([example.id for example in examples])
        for run, id, record in session.execute(query.where(MembershipTable.example.in_(chunk)))
    }


def _join(session: Session, examples: Sequence[Example], known: Mapping[tuple[str, str], Lineage]) -> list[str]:
    """Makes the examples members of their runs; returns the ids that count as added."""
    fresh, added = _sift(examples, known)
    if fresh:
        rows = [{"run": e.lineage.run, "example": e.id, "cycle": e.lineage.cycle, "record": written(e)} for e in fresh]
        session.execute(insert(MembershipTable), rows)
    return added


def _count_sightings(
    session: Session, examples: Sequence[Example], merged: Mapping[str, str], fresh: Mapping[str, Example]
) -> None:
    """Writes down what was met again: other writing, or the same content from elsewhere than the first time."""
    known = _records(session, sorted({e.id for e in examples} - set(merged) - set(fresh)))
    first = {id: e.lineage for id, e in {**known, **fresh}.items()}
    again = [e for e in examples if e.id in merged or first[e.id] != e.lineage]
    rows = {sighting_key(merged.get(e.id, e.id), e): e for e in again}
    for chunk in chunks(list(rows)):
        for key in session.scalars(select(SightingTable.key).where(SightingTable.key.in_(chunk))):
            del rows[key]
    if rows:
        session.execute(
            insert(SightingTable),
            [
                {"key": key, "example": merged.get(e.id, e.id), "record": written(e), "met_at": now()}
                for key, e in rows.items()
            ],
        )


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


def _keep_contents(session: Session, examples: Sequence[Example], kind: Kind) -> None:
    if not examples:
        return
    version = new_version(session, kind, _cause([e.lineage for e in examples]))
    session.execute(insert(ExampleTable), [_row(example, version) for example in examples])
    full_text.keep(session.connection(), examples)


def _row(example: Example, version: int) -> dict[str, Any]:
    problem, lineage = example.problem, example.lineage
    return {
        "id": example.id,
        "skill": problem.skill,
        "record": written(example),
        "problem": problem.id,
        "domain": problem.domain,
        "difficulty": problem.difficulty,
        "source": example.source,
        "teacher": example.teacher,
        "run": lineage.run,
        "cycle": lineage.cycle,
        "answer": problem.answer,
        "question_key": question_key(problem.question),
        "solution_key": solution_key(problem.steps, problem.answer),
        "learnt_at": now(),
        "version": version,
        "dropped": False,
    }


def _wrong_row(attempt: WrongAttempt, version: int) -> dict[str, Any]:
    return {
        "run": attempt.lineage.run,
        "id": attempt.id,
        "cycle": attempt.lineage.cycle,
        "skill": attempt.problem.skill,
        "record": written(attempt),
        "domain": attempt.problem.domain,
        "difficulty": attempt.problem.difficulty,
        "learnt_at": now(),
        "version": version,
        "dropped": False,
    }


def _cause(lineages: Sequence[Lineage]) -> str:
    """Runs and cycles, in words."""
    return ", ".join(dict.fromkeys(f"run {lineage.run}, cycle {lineage.cycle}" for lineage in lineages))


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
