"""What rooms ask of one another without knowing who answers. Concrete parts meet in `reasoner.bootstrap`."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from reasoner.types.problem import Outcome, Problem
from reasoner.types.report import Decision
from reasoner.types.step import StepVerdict
from reasoner.types.teaching import TeacherCall, TeacherRequest


class Domain(Protocol):
    """Where problems come from and what makes an answer right."""

    name: str
    version: str
    skills: tuple[str, ...]
    max_difficulty: int
    """Most steps that a drawn problem can have."""

    def check(self, problem: Problem, answer: str) -> Outcome:
        """Judges an answer. Empty or unparseable is wrong; `error` is the checker's own failure."""
        ...

    def judge_steps(self, question: str, steps: Sequence[str]) -> tuple[StepVerdict, ...]:
        """Of each step whether it is true, and what it uses that question and earlier steps do not give.

        Needs no gold answer.
        """
        ...

    def same_step(self, one: str, other: str) -> bool:
        """Whether two steps say the same thing, so that either can stand in a worked solution."""
        ...

    def structure(self, question: str, steps: Sequence[str]) -> str:
        """The structure hash of any text, 16 hex digits; that of the question alone where the domain can read it."""
        ...

    def answer_of(self, steps: Sequence[str]) -> str:
        """The answer that a solution ends with; empty if it ends with none."""
        ...

    def draw(self, seed: int, recipe: Mapping[str, Any]) -> Problem:
        """The problem of a seed and a recipe, always the same one; the recipe is kept as `provenance.parameters`.

        Raises:
            ValueError: the recipe (`difficulty`, `skill`, `max_number`, `distractor_rate`) cannot be met.
        """
        ...

    def checker_hash(self) -> str:
        """SHA-256 (hex) of the source that judges answers and makes structures."""
        ...

    def solve(self, question: str) -> str | None:
        """The answer that the domain itself reads from a question; None where it cannot read the text."""
        ...

    def skill_of(self, question: str, steps: Sequence[str]) -> str:
        """The skill that a worked problem's last step shows, one of `skills`."""
        ...


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
