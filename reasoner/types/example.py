"""What the student may learn from, and how it was earned."""

from typing import Literal

from reasoner.types.problem import Problem
from reasoner.types.record import Record

Source = Literal["teacher_solution", "teacher_problem", "self", "practice"]
"""`self` is the student's own checked answer; `practice` the worked solution of a user's file."""


class Lineage(Record):
    """Where an example comes from; every id can be looked up."""

    run: str
    cycle: int
    failure: str = ""
    """Id of the practice problem whose failure led here; empty for uniform draws."""
    teacher_call: str = ""
    verdict: str = ""


class Example(Record):
    """A verified problem with its solution."""

    id: str
    """16 hex digits, a hash of question and steps: the same content has the same id."""
    problem: Problem
    source: Source
    teacher: str
    """Model string of the teacher; `student` for its own answers."""
    lineage: Lineage


class WrongAttempt(Record):
    """A failed attempt, remembered as such: never learnt as right."""

    id: str
    problem: Problem
    steps: tuple[str, ...]
    answer: str
    lineage: Lineage
