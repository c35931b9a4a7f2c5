"""Sample problems before and after: what the first champion wrote and what the last one writes, step by step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reasoner.types.problem import Attempt, Problem
from reasoner.types.step import StepVerdict

SHOWN = (("now right", 5), ("lost", 2), ("still wrong", 3), ("right all along", 2))
"""How many of each kind are shown."""

JudgeSteps = Callable[[str, Sequence[str]], Sequence[StepVerdict]]


@dataclass(frozen=True)
class Written:
    """What a student wrote."""

    steps: list[tuple[str, str]]
    """Each with what is wrong with it; empty for nothing."""
    answer: str
    right: bool


@dataclass(frozen=True)
class Sample:
    """One sealed problem."""

    problem: Problem
    kind: str
    before: Written
    after: Written


def samples(
    problems: Sequence[Problem], before: Sequence[Attempt], after: Sequence[Attempt], judge_steps: JudgeSteps
) -> list[Sample]:
    """A few sealed problems of each kind, of as many difficulties and skills as there are.

    Args:
        problems: the sealed set.
        before: the first champion's attempts at it.
        after: the last champion's.
        judge_steps: what the domain says of the steps written for a question.
    """
    known = {problem.id: problem for problem in problems}
    later = {attempt.problem_id: attempt for attempt in after}
    triples = [
        (known[a.problem_id], a, later[a.problem_id]) for a in before if a.problem_id in known and a.problem_id in later
    ]
    found = list[Sample]()
    for kind, most in SHOWN:
        own = [(p, a, b) for p, a, b in triples if _kind(a, b) == kind]
        found += [
            Sample(p, kind, _written(p, a, judge_steps), _written(p, b, judge_steps)) for p, a, b in _mixed(own, most)
        ]
    return found


def _kind(before: Attempt, after: Attempt) -> str:
    if "error" in (before.outcome, after.outcome):
        return "error"
    if after.correct:
        return "right all along" if before.correct else "now right"
    return "lost" if before.correct else "still wrong"


def _mixed(triples: list[tuple[Problem, Attempt, Attempt]], most: int) -> list[tuple[Problem, Attempt, Attempt]]:
    """Hard and easy ones in turn, each time of a skill that was shown least."""
    chosen = list[tuple[Problem, Attempt, Attempt]]()
    left = list(triples)
    while left and len(chosen) < most:

        def shown(triple: tuple[Problem, Attempt, Attempt]) -> tuple[int, int, int]:
            skills = sum(c[0].skill == triple[0].skill for c in chosen)
            steps = sum(c[0].difficulty == triple[0].difficulty for c in chosen)
            return steps, skills, -triple[0].difficulty

        best = min(left, key=shown)
        chosen.append(best)
        left.remove(best)
    return chosen


def _written(problem: Problem, attempt: Attempt, judge_steps: JudgeSteps) -> Written:
    verdicts = judge_steps(problem.question, attempt.steps)
    steps = [(step, verdict.fault) for step, verdict in zip(attempt.steps, verdicts, strict=True)]
    return Written(steps, attempt.answer, attempt.correct)
