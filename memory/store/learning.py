"""How examples and wrong attempts come into the store: each function within one write transaction.

Content is kept once; a run that meets content known from another run becomes a member with its own lineage. What says
the same as an example that is here, or nearly, is counted under it as a sighting and not kept again. An id that
was dropped stays dropped, whichever run learns it again.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from memory.sameness import question_key, solution_key
from memory.store import full_text
from memory.store.crowding import crowd_out
from memory.store.latents import keep_latents
from memory.store.merging import met_before, sighting_key, stand_ins
from memory.store.rows import chunks, written
from memory.store.tables import ExampleTable, MembershipTable, SightingTable, VerdictTable, WrongTable, now
from memory.store.versions import Kind, new_version
from reasoner.errors import UnverifiedError
from reasoner.types.example import Example, Lineage, WrongAttempt

Item = TypeVar("Item", Example, WrongAttempt)


def learn(
    session: Session, examples: Sequence[Example], latents: np.ndarray | None, *, space: str, kind: Kind, most: int
) -> list[str]:
    """Adds verified examples, as `ExampleStore.add` says; of a question at most `most` solutions stay.

    Returns:
        Ids that count as added.
    """
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
        keep_latents(session, [examples[place].id for place in own], latents[own], space=space, correct=True)
    standing = _standing(session, examples, merged)
    added = _join(session, standing, _lineages(session, standing))
    _count_sightings(session, examples, merged, {e.id: e for _, e in reversed(fresh)})
    crowd_out(session, [e for _, e in fresh], most=most)
    return added


def learn_wrong(
    session: Session, attempts: Sequence[WrongAttempt], latents: np.ndarray | None, *, space: str
) -> list[str]:
    """Adds failed attempts, each as it is; one that was dropped is dropped for whichever run has it too.

    Returns:
        Ids that count as added.
    """
    rows = [
        row
        for chunk in chunks([attempt.id for attempt in attempts])
        for row in session.scalars(select(WrongTable).where(WrongTable.id.in_(chunk)))
    ]
    fresh, added = _sift(attempts, {(row.run, row.id): WrongAttempt.model_validate(row.record).lineage for row in rows})
    if fresh:
        version = new_version(session, "learnt", _cause([a.lineage for a in fresh]))
        dropped = {row.id for row in rows if row.dropped}
        session.execute(insert(WrongTable), [_wrong_row(a, version, dropped=a.id in dropped) for a in fresh])
    if latents is not None:
        keep_latents(session, [a.id for a in attempts], latents, space=space, correct=False)
    return added


def learnt_before(session: Session, ids: Sequence[str]) -> set[str]:
    """Those of the ids whose content the store has, dropped or not."""
    return {
        id for chunk in chunks(ids) for id in session.scalars(select(ExampleTable.id).where(ExampleTable.id.in_(chunk)))
    }


def _unknown(session: Session, examples: Sequence[Example]) -> list[tuple[int, Example]]:
    """Place and example of those whose content the store has not got; the first of each id."""
    first = {e.id: (place, e) for place, e in reversed(list(enumerate(examples)))}
    known = learnt_before(session, list(first))
    return sorted((pair for id, pair in first.items() if id not in known), key=lambda pair: pair[0])


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


def _wrong_row(attempt: WrongAttempt, version: int, *, dropped: bool) -> dict[str, Any]:
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
        "dropped": dropped,
    }


def _cause(lineages: Sequence[Lineage]) -> str:
    """Runs and cycles, in words."""
    return ", ".join(dict.fromkeys(f"run {lineage.run}, cycle {lineage.cycle}" for lineage in lineages))
