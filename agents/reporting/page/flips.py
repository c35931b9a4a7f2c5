"""Which problems champion and candidate answered differently, by name: kept by each cycle, shown by the page.

`evals/<cycle>/flips.jsonl` holds the cycle's gate problems that flipped, with their text, so that the page need not
draw gate sets again.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from agents.run_folder import RunFolder, read_records, write_records
from reasoner.types.problem import Attempt, Problem
from reasoner.types.record import Record


class Flip(Record):
    """One problem, answered rightly by one of two students only."""

    kind: Literal["won", "lost"]
    """`lost`: only the champion, or the first of two champions, solves it."""
    problem_id: str
    skill: str
    difficulty: int
    question: str
    """Empty where the problem's text is not at hand."""
    steps: tuple[str, ...]
    """Of the worked solution."""
    answer: str
    before: Attempt
    """The champion's, or the first champion's."""
    after: Attempt
    """The candidate's, or the last champion's."""


def flips(before: Sequence[Attempt], after: Sequence[Attempt], problems: Sequence[Problem]) -> list[Flip]:
    """The problems that flipped, in the order of the attempts.

    Args:
        before: attempts at a set.
        after: another student's at the same.
        problems: the set, or nothing where its text is not at hand.
    """
    known = {problem.id: problem for problem in problems}
    later = {attempt.problem_id: attempt for attempt in after}
    pairs = [(a, later[a.problem_id]) for a in before if a.problem_id in later]
    return [
        _flip(a, b, known.get(a.problem_id))
        for a, b in pairs
        if a.correct != b.correct and "error" not in (a.outcome, b.outcome)
    ]


def keep_gate_flips(folder: RunFolder, cycle: int, champion: str, candidate: str, gate: Sequence[Problem]) -> None:
    """Writes a cycle's flips beside its attempts, unless they are there."""
    path = flips_file(folder, cycle)
    if not path.is_file():
        pair = [read_records(folder.attempts(cycle, f"gate-{one}"), Attempt) for one in (champion, candidate)]
        write_records(path, flips(pair[0], pair[1], gate))


def flips_file(folder: RunFolder, cycle: int) -> Path:
    """Where a cycle's flips lie."""
    return folder.attempts(cycle, "flips")


def _flip(before: Attempt, after: Attempt, problem: Problem | None) -> Flip:
    return Flip(
        kind="won" if after.correct else "lost",
        problem_id=before.problem_id,
        skill=before.skill,
        difficulty=before.difficulty,
        question=problem.question if problem else "",
        steps=problem.steps if problem else (),
        answer=problem.answer if problem else "",
        before=before,
        after=after,
    )
