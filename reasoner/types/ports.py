"""What rooms ask of one another without knowing who answers. Concrete parts meet in `reasoner.bootstrap`."""

from collections.abc import Sequence
from typing import Protocol

from reasoner.types.report import Decision
from reasoner.types.teaching import TeacherCall, TeacherRequest


class Recall(Protocol):
    """What is remembered that is like a question."""

    def __call__(self, questions: Sequence[str], k: int) -> list[list[tuple[str, ...]]]:
        """Worked solutions of at most k remembered problems for each question, the most alike first.

        Never one of the question itself, nor of a problem that differs from it in names and numbers only.
        """
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


class DecisionCheck(Protocol):
    """Whether a decision follows from what it rests on, computed again. The store cannot: it knows no evaluations."""

    def __call__(self, decision: Decision) -> None:
        """Returns if it does.

        Raises:
            GateError: it does not, or what it rests on is missing; says what, and what to do.
        """
        ...
