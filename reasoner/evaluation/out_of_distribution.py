"""Problems unlike those of training, one kind at a time: more steps, larger numbers, unseen wording."""

import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count, cycle
from typing import TYPE_CHECKING, Any

from reasoner.config.settings import Settings
from reasoner.domains.powers import drawing, drawn_range
from reasoner.evaluation.attempts import attempt_all
from reasoner.evaluation.findings import accuracy
from reasoner.types.diagnosis import Finding, Section
from reasoner.types.domain import Domain, Shift, Shifts, power
from reasoner.types.problem import Problem
from reasoner.types.tried import attempts_of

if TYPE_CHECKING:
    from reasoner.types.student import Student

MAX_MISSES = 400
"""Draws in a row that cannot be used after which a kind is given up."""
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Kind:
    """One way to be unlike the training problems."""

    name: str
    difficulties: tuple[int, ...]
    recipe: dict[str, Any]
    keeps: Callable[[Problem], bool]
    note: str


def kinds(settings: Settings, domain: Domain, *, longest: int) -> list[Kind]:
    """What can be asked, the training distribution itself first.

    Args:
        settings: of the student's training.
        domain: draws the problems.
        longest: steps that the student can think, the finishing one included.

    Returns:
        More steps, and what the domain itself can shift.
    """
    data, usual = settings.data, settings.options
    most, steps = max(data.difficulties), data.difficulties
    found = [Kind("as in training, freshly drawn", steps, usual, _any, "")]
    for more in (most + 1, most + 2):
        if more <= drawn_range(domain, usual).max_difficulty and more < longest:
            found.append(Kind(f"more steps: {more}", (more,), usual, _any, f"training has {most} at most"))
    shifter = power(domain, Shifts)
    return found + [_shifted(shift, steps) for shift in (shifter.shifts(usual) if shifter else ())]


def _shifted(shift: Shift, steps: tuple[int, ...]) -> Kind:
    least = shift.least_number
    keeps = _any if least is None else lambda problem: largest(problem) > least
    return Kind(shift.name, steps, shift.recipe, keeps, shift.note)


def draw(domain: Domain, kind: Kind, *, n: int, seed: int) -> list[Problem]:
    """`n` problems of a kind, difficulties and skills in turn, no question twice; fewer where no more can be drawn."""
    chosen: dict[str, Problem] = {}
    cells = cycle([(d, s) for d in kind.difficulties for s in drawn_range(domain, kind.recipe).skills])
    (difficulty, skill), misses = next(cells), 0
    for index in count():
        recipe = {**kind.recipe, "difficulty": difficulty, "skill": skill}
        problem = _draw(domain, f"{seed}/unlike/{kind.name}/{index}", recipe)
        if problem is not None and kind.keeps(problem) and problem.question not in chosen:
            chosen[problem.question] = problem
            (difficulty, skill), misses = next(cells), 0
        else:
            misses += 1
        if len(chosen) == n or misses > MAX_MISSES:
            break
    return list(chosen.values())


def _draw(domain: Domain, label: str, recipe: dict[str, Any]) -> Problem | None:
    """The problem of a label, or None where the recipe cannot be met from its seed."""
    try:
        return drawing(domain).draw(int(hashlib.sha256(label.encode()).hexdigest()[:12], 16), recipe)
    except ValueError:
        return None


def out_of_distribution_section(
    student: "Student", domain: Domain, settings: Settings, *, longest: int, n: int, seed: int
) -> Section:
    """All its modes on every kind.

    Args:
        student: ready for inference.
        domain: draws the problems.
        settings: of the student's training.
        longest: see `kinds`.
        n: problems of a kind.
        seed: of the drawing.
    """
    began = time.monotonic()
    rows: list[Finding] = []
    for kind in kinds(settings, domain, longest=longest):
        problems = draw(domain, kind, n=n, seed=seed)
        for mode in student.modes:
            attempts = attempts_of(attempt_all(student, domain, problems, mode))
            rows.append(accuracy(f"{kind.name}: {mode}", attempts, note=kind.note))
    return Section(name="out_of_distribution", findings=tuple(rows), seconds=time.monotonic() - began)


def largest(problem: Problem) -> int:
    """The largest number of a problem's steps."""
    return max(int(number) for step in problem.steps for number in _NUMBER.findall(step))


def _any(problem: Problem) -> bool:  # noqa: ARG001 (keeps all)
    return True
