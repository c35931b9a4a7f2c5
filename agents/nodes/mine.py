"""mine: which failures the teacher is asked about.

Failures of the practice pool, but for those that a search has solved since, are grouped by skill and, within it, by
latent neighbourhood. The calls are spread over the groups by how much is to be won in each: the share of all practice
problems that fail there. Within its share a group's failures are drawn by seed or, with `mine.pick=farthest`, picked by
how far they are from everything that the run has learnt (`agents.spreading`).
"""

from collections.abc import Sequence
from random import Random

from agents.parts import Parts
from agents.run_folder import read_records, write_records
from agents.spreading import farthest_first
from agents.state import Change, ImproveState
from reasoner.types.domain import power
from reasoner.types.example import Example
from reasoner.types.student import Wavers
from reasoner.types.teaching import TeacherRequest
from reasoner.types.tried import Tried


def mine(state: ImproveState, parts: Parts) -> Change:
    """Chooses this cycle's lessons and writes them as requests."""
    cycle, settings = state["cycle"], parts.settings.mine
    tried = parts.practised(cycle)
    searched = {e.lineage.failure for e in read_records(parts.folder.searched(cycle), Example)}
    wrong = [f for f in tried if f.wrong and f.problem.id not in searched]
    groups = _groups(wrong, state["champion"], parts)
    pools = groups if settings.strategy == "failures" else [_askable(tried, state, parts)]
    requests = _requests(_chosen(pools, state, parts), parts)
    write_records(parts.folder.requests(cycle), requests)
    by_skill = {s: sum(f.problem.skill == s for f in wrong) for s in sorted({f.problem.skill for f in wrong})}
    parts.events.write(
        f"{cycle}/failures",
        "failures",
        cycle,
        mined=len(wrong),
        clusters=len(groups),
        asked=len(requests),
        strategy=settings.strategy,
        pick=settings.pick,
        by_skill=by_skill,
    )
    return {"requests": len(requests)}


def spread(calls: int, sizes: Sequence[int]) -> list[int]:
    """Calls for each group in proportion to its failures, by largest remainder; never more than it has."""
    total = sum(sizes)
    if total <= calls:
        return list(sizes)
    exact = [calls * size / total for size in sizes]
    shares = [int(x) for x in exact]
    by_remainder = sorted(range(len(sizes)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[: calls - sum(shares)]:
        shares[i] += 1
    return shares


def _groups(wrong: list[Tried], champion: str, parts: Parts) -> list[list[Tried]]:
    """Failures by skill and latent neighbourhood, in a fixed order."""
    from memory.index.clusters import neighbourhoods

    vectors = parts.student_of(champion).embed([f.problem.question for f in wrong])
    parts.trace.keep_latents("failures", [f.problem.id for f in wrong], question_ND=vectors)
    groups: list[list[Tried]] = []
    for skill in sorted({f.problem.skill for f in wrong}):
        members = [i for i, f in enumerate(wrong) if f.problem.skill == skill]
        labels = neighbourhoods(vectors[members], parts.settings.mine.clusters_per_skill, parts.settings.seed)
        for label in sorted(set(labels.tolist())):
            groups.append([wrong[i] for i, at in zip(members, labels, strict=True) if at == label])
    return groups


def _askable(tried: Sequence[Tried], state: ImproveState, parts: Parts) -> list[Tried]:
    """The whole pool but for what the run has learnt already; where it asks what is believed least, that first."""
    if parts.settings.mine.strategy == "uniform":
        return list(tried)
    learnt = {e.problem.question for e in parts.examples.examples(run=parts.run, up_to_cycle=state["cycle"] - 1)}
    open_ones = [one for one in tried if one.problem.question not in learnt]
    wavers = power(parts.student_of(state["champion"]), Wavers)
    if wavers:
        sure = wavers.margins([one.problem.question for one in open_ones]).tolist()
    else:
        sure = [one.attempt.logprob for one in open_ones]
    ranked = sorted(zip(sure, open_ones, strict=True), key=lambda pair: (pair[0], pair[1].problem.id))
    return [one for _, one in ranked]


def _chosen(pools: Sequence[Sequence[Tried]], state: ImproveState, parts: Parts) -> list[Tried]:
    """What the teacher is asked about: of each pool its share of the calls."""
    settings, cycle = parts.settings, state["cycle"]
    asks = settings.lessons == "teacher" or settings.asks_for_gold
    shares = spread(settings.teacher.calls if asks else 0, [len(pool) for pool in pools])
    if settings.mine.strategy == "uncertain":
        return list(pools[0][: shares[0]])
    if settings.mine.pick == "farthest":
        return _farthest(pools, shares, state, parts)
    rng = Random(f"{settings.seed}/mine/{cycle}")
    return [f for pool, share in zip(pools, shares, strict=True) for f in rng.sample(pool, share)]


def _farthest(
    pools: Sequence[Sequence[Tried]], shares: Sequence[int], state: ImproveState, parts: Parts
) -> list[Tried]:
    """So many of each pool, the farthest from what the run knows first: a limit that ends the asking ends the likest.

    Known is what earlier cycles have learnt and what this one's search has solved: a run that goes on finds the same.
    """
    if not any(shares):
        return []
    cycle, student = state["cycle"], parts.student_of(state["champion"])
    learnt = parts.examples.examples(run=parts.run, up_to_cycle=cycle - 1)
    searched = read_records(parts.folder.searched(cycle), Example)
    known = sorted({e.problem.question for e in (*learnt, *searched)})
    failures = [f for pool in pools for f in pool]
    picked = farthest_first(
        student.embed([f.problem.question for f in failures]),
        [f.problem.id for f in failures],
        groups=[place for place, pool in enumerate(pools) for _ in pool],
        quotas=shares,
        known_MD=student.embed(known),
    )
    return [failures[place] for place in picked]


def _requests(chosen: list[Tried], parts: Parts) -> list[TeacherRequest]:
    """One request a failure."""
    return [
        TeacherRequest(
            problem=failure.problem,
            attempt_steps=failure.attempt.steps,
            attempt_answer=failure.attempt.answer,
            new_problems=parts.settings.teacher.problems_per_call,
        )
        for failure in chosen
    ]
