"""Lets a student try problems and has the domain's checker judge every try."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.domains.powers import judge_steps
from reasoner.types.domain import Domain, JudgesSteps, power
from reasoner.types.problem import Attempt, Mode, Problem

if TYPE_CHECKING:
    from reasoner.models.student import Student
    from reasoner.search.greedy import Solved

Solver = Callable[["Student", Sequence[str], Mode], list["Solved"]]
"""Solves questions, in their order."""

CHUNK = 512
"""Problems between two words of progress."""


@dataclass(frozen=True)
class Tried:
    """Attempts in the order of the problems, and the wall time they took."""

    attempts: list[Attempt]
    seconds: float


def attempt_all(
    student: "Student",
    domain: Domain,
    problems: Sequence[Problem],
    mode: Mode,
    *,
    solver: Solver | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Tried:
    """Attempts at all problems, greedy ones unless a solver is given. Only the question reaches the student."""
    from reasoner.search.greedy import solve as solve_greedily

    solve = solver or solve_greedily
    began = time.monotonic()
    attempts: list[Attempt] = []
    for start in range(0, len(problems), CHUNK):
        chunk = problems[start : start + CHUNK]
        for problem, solved in zip(chunk, solve(student, [p.question for p in chunk], mode), strict=True):
            attempts.append(judge(domain, problem, solved, mode))
        if on_progress is not None:
            on_progress(len(attempts), len(problems))
    return Tried(attempts, time.monotonic() - began)


def judge(domain: Domain, problem: Problem, solved: "Solved", mode: Mode) -> Attempt:
    """The attempt that a solution is, as the domain's checker sees it."""
    # A roll-out that ran out of steps has given no answer, whatever its last step says.
    answer = domain.answer_of(solved.steps) if solved.finished else ""
    return Attempt(
        problem_id=problem.id,
        mode=mode,
        steps=solved.steps,
        answer=answer,
        outcome=domain.check(problem, answer).outcome,
        skill=problem.skill,
        difficulty=problem.difficulty,
        logprob=round(sum(solved.logprobs), 5),
        false_steps=_false_steps(domain, problem, solved.steps),
    )


def _false_steps(domain: Domain, problem: Problem, steps: Sequence[str]) -> int | None:
    """How many do not hold; None of a domain that judges none."""
    if power(domain, JudgesSteps) is None:
        return None
    return sum(not verdict.holds for verdict in judge_steps(domain, problem.question, steps))
