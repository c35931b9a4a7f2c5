"""Attempts summed up: overall, by skill, by difficulty."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from reasoner.evaluation.statistics import rate
from reasoner.types.problem import Attempt, Mode, Split
from reasoner.types.report import EvalReport, Rate


def summarise(
    attempts: Sequence[Attempt],
    *,
    checkpoint: str,
    split: Split | Literal["file"],
    cycle: int,
    mode: Mode,
    attempts_file: str,
    seconds: float,
    search: str = "greedy",
) -> EvalReport:
    """The report on one checkpoint and one set of problems.

    Args:
        attempts: one per problem, in the order of the set; those whose checker failed count in `errors` only.
        checkpoint: its id.
        split: of the problems; `file` for all rows of one.
        cycle: 0 for the base student.
        mode: of all attempts.
        attempts_file: where they are kept, below the run's folder.
        seconds: wall time of the evaluation.
        search: name of the searcher.
    """
    assert all(attempt.mode == mode for attempt in attempts), f"attempts in another mode than {mode!r}"
    judged = [attempt for attempt in attempts if attempt.outcome != "error"]
    return EvalReport(
        checkpoint=checkpoint,
        split=split,
        cycle=cycle,
        mode=mode,
        overall=_rate(judged),
        by_skill=_rates(judged, lambda attempt: attempt.skill),
        by_difficulty=_rates(judged, lambda attempt: str(attempt.difficulty)),
        errors=len(attempts) - len(judged),
        items_hash=items_hash(attempt.problem_id for attempt in attempts),
        attempts_file=attempts_file,
        seconds=seconds,
        search=search,
        right_with_false_steps=_lucky(judged),
    )


def _lucky(attempts: Sequence[Attempt]) -> int | None:
    """Right answers over a false step; None where the domain judges no steps."""
    if any(attempt.false_steps is None for attempt in attempts):
        return None
    return sum(attempt.correct and bool(attempt.false_steps) for attempt in attempts)


def items_hash(problem_ids: Iterable[str]) -> str:
    """SHA-256 of the ids in their order, 16 hex digits: the same for the same set of problems."""
    return hashlib.sha256("\n".join(problem_ids).encode()).hexdigest()[:16]


def _rate(attempts: Sequence[Attempt]) -> Rate:
    return rate(sum(attempt.correct for attempt in attempts), len(attempts))


def _rates(attempts: Sequence[Attempt], key: Callable[[Attempt], str]) -> dict[str, Rate]:
    groups: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        groups.setdefault(key(attempt), []).append(attempt)
    return {name: _rate(groups[name]) for name in sorted(groups, key=lambda name: (len(name), name))}
