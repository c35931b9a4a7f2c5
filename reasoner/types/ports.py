"""What rooms ask of one another without knowing who answers. Concrete parts meet in `reasoner.bootstrap`."""

from collections.abc import Sequence
from typing import Protocol

from reasoner.types.problem import Outcome, Problem
from reasoner.types.teaching import TeacherCall, TeacherRequest


class Domain(Protocol):
    """Where problems come from and what makes an answer right."""

    name: str
    version: str
    skills: tuple[str, ...]

    def check(self, problem: Problem, answer: str) -> Outcome:
        """Judges an answer. Empty or unparseable is wrong; `error` is the checker's own failure."""
        ...

    def check_step(self, step: str) -> bool:
        """Whether a step holds by itself (an equation is true); needs no gold answer."""
        ...

    def structure(self, question: str, steps: Sequence[str]) -> str:
        """The structure hash of any text, 16 hex digits."""
        ...


class Teacher(Protocol):
    """Whoever can be asked for lessons."""

    def teach(self, requests: Sequence[TeacherRequest]) -> list[TeacherCall]:
        """Answers in the order of the requests.

        Raises:
            BudgetReached: before the first request that a limit forbids; finished calls are kept.
            TeacherError: the teacher cannot be used at all.
        """
        ...
