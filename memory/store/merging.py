"""Which remembered example stands for a newcomer: itself, one that says the same in other writing, or one nearly alike.

Nearly alike means: the same solution, a question that shares most of its shingles, and a latent in nearly the same
direction. All three are asked for, because latents alone take numbers for one another and words alone take questions
with other numbers for the same.
"""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.sameness import question_key, resemblance, solution_key, unit
from memory.store.latents import known_latents
from memory.store.rows import chunks
from memory.store.tables import ExampleTable, SightingTable
from reasoner.types.example import Example

ALIKE_WORDS = 0.75
"""Shingles shared over all of both, at the least. One changed word in twenty leaves .71."""

ALIKE_LATENTS = 0.98
"""Cosine of the questions' latents, at the least."""


def stand_ins(
    session: Session, examples: Sequence[Example], latents: np.ndarray | None, *, space: str
) -> dict[str, str]:
    """For each id that is not kept as it is: the id that stands for it.

    Args:
        session: a write transaction.
        examples: newcomers, none of whose ids the store knows; one of them may stand for a later one.
        latents: vectors_ND of their questions; without them only what is the same but for writing is found.
        space: of the latents.
    """
    groups = _by_solution(examples)
    known = _known(session, sorted(groups))
    merged: dict[str, str] = {}
    for solution, places in groups.items():
        newcomers = [examples[place] for place in places]
        questions = known.get(solution, {})
        merged |= _same(newcomers, questions)
        if latents is not None:
            fresh = [place for place in places if examples[place].id not in merged]
            old = sorted(questions.values())
            merged |= _alike(session, [examples[p] for p in fresh], latents[fresh], old, space)
    return merged


def met_before(session: Session, examples: Sequence[Example]) -> dict[str, str]:
    """For each that was counted under something that has been dropped since: the id of that.

    Nothing but the dropped stands for these now; were they newcomers, adding the same twice would change the memory.
    """
    groups = _by_solution(examples)
    met: dict[str, str] = {}
    for chunk in chunks(sorted(groups)):
        query = (
            select(ExampleTable.solution_key, ExampleTable.id, SightingTable.key)
            .join(SightingTable, SightingTable.example == ExampleTable.id)
            .where(ExampleTable.solution_key.in_(chunk), ExampleTable.dropped)
        )
        for solution, id, key in session.execute(query):
            came = (examples[place] for place in groups[solution])
            met |= {e.id: id for e in came if sighting_key(id, e) == key}
    return met


def sighting_key(stand_in: str, example: Example) -> str:
    """The same for the same thing met again in the same place, so that it is counted once."""
    lineage = example.lineage.model_dump_json()
    return hashlib.sha256("\n".join((stand_in, example.id, lineage)).encode()).hexdigest()[:32]


def _by_solution(examples: Sequence[Example]) -> dict[str, list[int]]:
    """Places of the examples, by the key of their solution."""
    groups: dict[str, list[int]] = {}
    for place, example in enumerate(examples):
        groups.setdefault(solution_key(example.problem.steps, example.problem.answer), []).append(place)
    return groups


def _known(session: Session, solutions: Sequence[str]) -> dict[str, dict[str, str]]:
    """Ids in the memory by question key, for each solution; the first learnt of each question."""
    known: dict[str, dict[str, str]] = {}
    for chunk in chunks(solutions):
        query = select(ExampleTable.solution_key, ExampleTable.question_key, ExampleTable.id).where(
            ExampleTable.solution_key.in_(chunk), ExampleTable.dropped.is_(False)
        )
        for solution, question, id in session.execute(query.order_by(ExampleTable.version, ExampleTable.id)):
            known.setdefault(solution, {}).setdefault(question, id)
    return known


def _same(newcomers: Sequence[Example], questions: Mapping[str, str]) -> dict[str, str]:
    """Those whose question is there already, or comes earlier among them, but for writing."""
    first, merged = dict(questions), dict[str, str]()
    for example in newcomers:
        found = first.setdefault(question_key(example.problem.question), example.id)
        if found != example.id:
            merged[example.id] = found
    return merged


def _alike(
    session: Session, newcomers: Sequence[Example], latents_ND: np.ndarray, old: Sequence[str], space: str
) -> dict[str, str]:
    """Those nearly alike to one of the old ids of their solution, or to an earlier one among them."""
    vectors = known_latents(session, space, old, correct=True) if len(newcomers) else {}
    ids = [*vectors, *(e.id for e in newcomers)]
    if len(ids) < 2 or not len(newcomers):
        return {}
    old_MD = np.frombuffer(b"".join(vectors.values()), dtype="<f4").reshape(len(vectors), latents_ND.shape[1])
    all_PD = unit(np.concatenate([old_MD, latents_ND]))
    near_NP = all_PD[len(vectors) :] @ all_PD.T >= ALIKE_LATENTS
    questions = {e.id: e.problem.question for e in newcomers}
    merged: dict[str, str] = {}
    for row, example in enumerate(newcomers):
        before = [ids[p] for p in np.flatnonzero(near_NP[row, : len(vectors) + row]) if ids[p] not in merged]
        _read_questions(session, before, questions)
        likeness = {id: resemblance(example.problem.question, questions[id]) for id in before}
        best = max(before, key=lambda id: likeness[id], default=None)
        if best is not None and likeness[best] >= ALIKE_WORDS:
            merged[example.id] = best
    return merged


def _read_questions(session: Session, ids: Sequence[str], questions: dict[str, str]) -> None:
    for chunk in chunks([id for id in ids if id not in questions]):
        rows = session.execute(select(ExampleTable.id, ExampleTable.record).where(ExampleTable.id.in_(chunk)))
        questions.update({id: record["problem"]["question"] for id, record in rows})
