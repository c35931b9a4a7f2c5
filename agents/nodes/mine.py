"""mine: which failures the teacher is asked about.

Failures of the practice pool, but for those that a search has solved since, are grouped by skill and, within it, by
latent neighbourhood. The calls are spread over the groups by how much is to be won in each: the share of all practice
problems that fail there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from agents.parts import Parts
from agents.run_folder import read_records, write_records
from agents.state import Change, ImproveState
from reasoner.types.example import Example
from reasoner.types.problem import Attempt, Problem
from reasoner.types.teaching import TeacherRequest


@dataclass(frozen=True)
class Failure:
    """A practice problem and the champion's wrong attempt at it."""

    problem: Problem
    attempt: Attempt


def mine(state: ImproveState, parts: Parts) -> Change:
    """Chooses this cycle's lessons and writes them as requests."""
    cycle, settings = state["cycle"], parts.settings
    problems = parts.source.practice(cycle)
    attempts = read_records(parts.folder.attempts(cycle, "practice"), Attempt)
    tried = [Failure(p, a) for p, a in zip(problems, attempts, strict=True)]
    searched = {e.lineage.failure for e in read_records(parts.folder.searched(cycle), Example)}
    wrong = [f for f in tried if f.attempt.outcome == "wrong" and f.problem.id not in searched]
    groups = _groups(wrong, state["champion"], parts)
    rng = Random(f"{settings.seed}/mine/{cycle}")
    teaches = settings.teacher.model != "none"
    uniform = settings.mine.strategy == "uniform"
    questions = settings.teacher.calls if teaches else 0
    if uniform:
        chosen = rng.sample(tried, min(questions, len(tried)))
    else:
        shares = spread(questions, [len(g) for g in groups])
        chosen = [f for group, share in zip(groups, shares, strict=True) for f in rng.sample(group, share)]
    requests = _requests(chosen, parts)
    write_records(parts.folder.requests(cycle), requests)
    by_skill = {s: sum(f.problem.skill == s for f in wrong) for s in sorted({f.problem.skill for f in wrong})}
    parts.events.write(
        f"{cycle}/failures",
        "failures",
        cycle,
        mined=len(wrong),
        clusters=len(groups),
        asked=len(requests),
        strategy=settings.mine.strategy,
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


def _groups(wrong: list[Failure], champion: str, parts: Parts) -> list[list[Failure]]:
    """Failures by skill and latent neighbourhood, in a fixed order."""
    from memory.index.clusters import neighbourhoods
    from reasoner.search.greedy import embed_questions

    vectors = embed_questions(parts.student_of(champion), [f.problem.question for f in wrong]).numpy()
    groups: list[list[Failure]] = []
    for skill in sorted({f.problem.skill for f in wrong}):
        members = [i for i, f in enumerate(wrong) if f.problem.skill == skill]
        labels = neighbourhoods(vectors[members], parts.settings.mine.clusters_per_skill, parts.settings.seed)
        for label in sorted(set(labels.tolist())):
            groups.append([wrong[i] for i, at in zip(members, labels, strict=True) if at == label])
    return groups


def _requests(chosen: list[Failure], parts: Parts) -> list[TeacherRequest]:
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
