"""Lets a student try problems and has the domain's checker judge every try."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from reasoner.domains.powers import check_all, judge_steps, offered
from reasoner.errors import UsageError
from reasoner.types.check import Check
from reasoner.types.domain import Domain, JudgesSteps, power
from reasoner.types.problem import Attempt, Mode, Problem
from reasoner.types.student import Chooses
from reasoner.types.tried import Tried

if TYPE_CHECKING:
    from reasoner.types.student import Solved, Student

Solver = Callable[["Student", Sequence[str], Mode], list["Solved"]]
"""Solves questions, in their order."""

CHUNK = 512
"""Problems between two words of progress."""


def solve_all(student: "Student", domain: Domain, questions: Sequence[str], mode: Mode) -> "list[Solved]":
    """What a student says by itself: the one way to ask it, wherever a task is at hand.

    Where the task's answers are few and the student can weigh them, it is told which there are.
    """
    chooses = power(student, Chooses)
    return chooses.choose(questions, offered(domain, questions), mode) if chooses else student.solve(questions, mode)


def attempt_all(
    student: "Student",
    domain: Domain,
    problems: Sequence[Problem],
    mode: Mode,
    *,
    solver: Solver | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Tried]:
    """Every problem with an attempt at it, a greedy one unless a solver is given. Only the question is seen."""
    if mode not in student.modes:
        raise UsageError(f"mode {mode!r}: a student of the kind {student.kind!r} has {', '.join(student.modes)}")
    tried: list[Tried] = []
    for start in range(0, len(problems), CHUNK):
        chunk = problems[start : start + CHUNK]
        questions = [p.question for p in chunk]
        solved = solver(student, questions, mode) if solver else solve_all(student, domain, questions, mode)
        tried += judge_all(domain, chunk, solved, mode)
        if on_progress is not None:
            on_progress(len(tried), len(problems))
    return tried


def judge_all(domain: Domain, problems: Sequence[Problem], solved: "Sequence[Solved]", mode: Mode) -> list[Tried]:
    """The attempts that solutions are, one a problem, as the domain's checker sees them: the one way to judge them."""
    # A roll-out that ran out of steps has given no answer, whatever its last step says.
    answers = [domain.answer_of(one.steps) if one.finished else "" for one in solved]
    checks = check_all(domain, problems, answers)
    found = zip(problems, solved, answers, checks, strict=True)
    return [Tried(problem=p, attempt=_attempt(domain, p, one, answer, said, mode)) for p, one, answer, said in found]


def _attempt(domain: Domain, problem: Problem, solved: "Solved", answer: str, said: Check, mode: Mode) -> Attempt:
    graded = said.score != (said.outcome == "right")
    return Attempt(
        problem_id=problem.id,
        mode=mode,
        steps=solved.steps,
        answer=answer,
        outcome=said.outcome,
        skill=problem.skill,
        difficulty=problem.difficulty,
        logprob=round(sum(solved.logprobs), 5),
        false_steps=_false_steps(domain, problem, solved.steps),
        score=said.score if graded else None,
        # "another number" says no more than "wrong"; what stands on evidence does.
        reason=said.reason if graded or said.evidence or said.outcome == "error" else "",
    )


def _false_steps(domain: Domain, problem: Problem, steps: Sequence[str]) -> int | None:
    """How many do not hold; None of a domain that judges none."""
    if power(domain, JudgesSteps) is None:
        return None
    return sum(not verdict.holds for verdict in judge_steps(domain, problem.question, steps))
