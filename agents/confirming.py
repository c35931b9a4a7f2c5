"""Puts a teacher's new problems to it again where nobody else can tell whether they are right.

Each is asked as a plain problem to solve, several times, without the solution that came with it. What the answers are
worth is decided in `agents.checking`. The calls (`teacher.confirmations` of them) go round lesson by lesson, so that
each lesson's first problem is asked before any lesson's second.
"""

from collections.abc import Sequence
from itertools import zip_longest

from agents.asking import ask, collect_calls
from agents.checking import Opinions
from agents.parts import Parts
from agents.run_folder import write_records
from reasoner.types.problem import Problem
from reasoner.types.teaching import TeacherRequest


def ask_again(lessons: Sequence[Sequence[Problem]], *, left: int, cycle: int, parts: Parts) -> dict[str, Opinions]:
    """What the teacher makes of unconfirmed problems, by question; those without calls left are missing.

    Args:
        lessons: the unconfirmed problems of each lesson, without steps and answers.
        left: teacher calls that the cycle may still make.
        cycle: the cycle that pays.
        parts: the tools of the run; the calls are kept in `teacher/confirmations-<cycle>.jsonl`.
    """
    samples = parts.settings.teacher.samples
    chosen = in_turn(lessons)[: max(0, left) // samples]
    if not chosen:
        return {}
    requests = [_request(problem, sample) for problem in chosen for sample in range(samples)]
    calls = ask(requests, cycle=cycle, node="check", parts=parts)
    write_records(parts.folder.confirmations(cycle), calls)
    collect_calls(cycle, parts, latest=parts.folder.confirmations(cycle), asked=parts.folder.requests(cycle))
    return {
        problem.question: Opinions(asked=samples, lessons=[c.lesson for c in calls if c.problem_id == problem.id])
        for problem in chosen
    }


def in_turn(lessons: Sequence[Sequence[Problem]]) -> list[Problem]:
    """The first problem of every lesson, then every second one, and so on; equal questions once."""
    unique: dict[str, Problem] = {}
    for turn in zip_longest(*lessons):
        for problem in turn:
            if problem is not None:
                unique.setdefault(problem.question, problem)
    return list(unique.values())


def _request(problem: Problem, sample: int) -> TeacherRequest:
    return TeacherRequest(problem=problem, attempt_steps=(), attempt_answer="", new_problems=0, sample=sample)
