"""Thinking beside talking on the same problems, overall and by number of steps."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reasoner.evaluation.attempts import attempt_all
from reasoner.evaluation.findings import accuracy, difference, number
from reasoner.types.diagnosis import Finding, Section
from reasoner.types.domain import Domain
from reasoner.types.problem import Attempt, Problem
from reasoner.types.tried import attempts_of

if TYPE_CHECKING:
    from reasoner.types.student import Student


def modes_section(student: "Student", domain: Domain, problems: Sequence[Problem]) -> Section:
    """Accuracy of both modes and their paired difference, think minus talk."""
    began = time.monotonic()
    talk = attempts_of(attempt_all(student, domain, problems, "talk"))
    think = attempts_of(attempt_all(student, domain, problems, "think"))
    rows = _rows("all", talk, think)
    spoken, thought = rows[0].value, rows[1].value
    if spoken:
        rows.append(number("all: think as a share of talk", thought / spoken, "share", len(talk), note="bar: 80%"))
    for steps in sorted({a.difficulty for a in talk}):
        kept = [i for i, a in enumerate(talk) if a.difficulty == steps]
        name = f"{steps} step" if steps == 1 else f"{steps} steps"
        rows += _rows(name, [talk[i] for i in kept], [think[i] for i in kept])
    return Section(name="modes", findings=tuple(rows), seconds=time.monotonic() - began)


def _rows(name: str, talk: Sequence[Attempt], think: Sequence[Attempt]) -> list[Finding]:
    return [
        accuracy(f"{name}: talk", talk),
        accuracy(f"{name}: think", think),
        difference(f"{name}: think minus talk", talk, think),
    ]
