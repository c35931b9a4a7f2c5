"""The port of a domain: what a task must say, and the powers that it may have beside.

A domain is any object with the members of `Domain`. Everything else is a power, a small protocol of its own that is
asked for with `power(domain, Draws)`; whoever asks says what is left out without it. `docs/tasks.md` teaches with
examples; `tests/domains/contract.py` is the suite that every domain passes.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Protocol, TypeVar, runtime_checkable

from pydantic import Field

from reasoner.types.check import Check
from reasoner.types.judging import Judge, JudgeRules
from reasoner.types.problem import Problem
from reasoner.types.record import Record
from reasoner.types.step import StepVerdict

T = TypeVar("T")


class DomainInfo(Record):
    """What a domain is called, and what must not change while a run lasts."""

    name: str
    version: str
    """Of what it draws or reads: another version makes other problems."""
    skills: tuple[str, ...] = Field(min_length=1)
    """By which reports divide."""
    fingerprint: str
    """SHA-256 (hex) of everything that judges answers and makes structures."""


class TeacherBrief(Record):
    """What a teacher is told about the solutions of a domain. Part of the key of each call."""

    steps: str
    """What one step is, as an instruction: `Each step is one equation ... without units.`"""
    answer: str
    """What the answer is, as an instruction: `the final number without units`."""
    example_steps: tuple[str, ...]
    example_answer: str
    problems: str = "the same number of steps and the same or a closely related skill"
    """What a new problem must have in common with the given one, after `Each needs`."""
    most_steps: int = Field(default=20, ge=1)
    question_length: tuple[int, int] = (15, 2000)
    """Fewest and most characters of a new question."""


class Domain(Protocol):
    """The members that the loop cannot do without."""

    @property
    def info(self) -> DomainInfo:
        """Name, version, skills and fingerprint."""
        ...

    def check(self, problem: Problem, answer: str) -> Check:
        """Judges an answer. Empty or unparseable is wrong; `error` is the checker's own failure."""
        ...

    def answer_of(self, steps: Sequence[str]) -> str:
        """The answer that a solution ends with; empty if it ends with none."""
        ...

    def canonical(self, step: str) -> str:
        """The one spelling of a step that the student learns; the step itself where there is no better one."""
        ...

    def structure(self, question: str, steps: Sequence[str]) -> str:
        """16 hex digits: the same for questions that are the same exercise. It decides the split.

        That of the question alone where the domain can read it. `structure_of_text` is a good one for any text.
        """
        ...

    def brief(self) -> TeacherBrief:
        """What a teacher is told."""
        ...


@runtime_checkable
class ChecksMany(Protocol):
    """Without it: answers are checked one by one. For checks that wait, for a server or a sandbox."""

    def check_all(self, problems: Sequence[Problem], answers: Sequence[str]) -> list[Check]:
        """The check of an answer to each problem, in their order; each is what `check` would say."""
        ...


@runtime_checkable
class NeedsJudge(Protocol):
    """Without it, or where `judging` is None: no model is asked whether an answer is right."""

    @property
    def judging(self) -> JudgeRules | None:
        """What is wanted of a model that judges; None where none does."""
        ...

    def with_judge(self, judge: Judge) -> "Domain":
        """The same task with somebody who asks the model. Without, each check that needs it is an `error`."""
        ...


@runtime_checkable
class JudgesSteps(Protocol):
    """Without it: solutions stand by their answers alone, and a search cannot ask whether a step holds."""

    def judge_steps(self, question: str, steps: Sequence[str]) -> tuple[StepVerdict, ...]:
        """Of each step whether it is true, and what it uses that question and earlier steps do not give.

        Needs no gold answer.
        """
        ...

    def same_step(self, one: str, other: str) -> bool:
        """Whether two steps say the same thing, so that either can stand in a worked solution."""
        ...


@runtime_checkable
class Draws(Protocol):
    """Without it: problems come from rows, and nothing can be synthesized or shifted."""

    max_difficulty: int
    """Most steps that a drawn problem can have."""
    gates_ahead: int
    """Gate sets that are drawn beforehand to keep their questions out, however few cycles are asked for."""

    def draw(self, seed: int, recipe: Mapping[str, Any]) -> Problem:
        """The problem of a seed and a recipe, always the same one; the recipe is kept as `provenance.parameters`.

        Args:
            seed: 0 or more.
            recipe: `difficulty`, `skill`, and fields of the domain's options.

        Raises:
            ValueError: the recipe cannot be met.
        """
        ...


class DrawRange(Record):
    """What can be drawn with some options."""

    skills: tuple[str, ...] = Field(min_length=1)
    """Some of `info.skills`."""
    max_difficulty: int = Field(ge=1)
    """At most that of `Draws`."""


@runtime_checkable
class Narrows(Protocol):
    """Without it: all skills and difficulties are drawn, whatever the options."""

    def drawn_range(self, options: Mapping[str, Any]) -> DrawRange:
        """What can be drawn with these options, which are complete."""
        ...


@runtime_checkable
class Solves(Protocol):
    """Without it: a teacher's new problems are confirmed by asking again."""

    def solve(self, question: str) -> str | None:
        """The answer that the domain itself reads from a question; None where it cannot read the text."""
        ...


@runtime_checkable
class Offers(Protocol):
    """Without it: every answer is written freely."""

    def offered(self, question: str) -> tuple[str, ...]:
        """All answers that there are to a question, as solutions of one step say them; empty where they are not few.

        Read from the question alone: whoever asks `reasoner solve` gives nothing else.
        """
        ...


@runtime_checkable
class Labels(Protocol):
    """Without it: every problem without a label shows the domain's first skill."""

    def skill_of(self, question: str, steps: Sequence[str]) -> str:
        """The skill that a worked problem shows, one of `info.skills`.

        Raises:
            ValueError: the steps show none.
        """
        ...


@runtime_checkable
class ReadsRows(Protocol):
    """Without it: rows are read in the forms of docs/data-format.md alone."""

    def read_row(self, fields: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """A row of a form of the domain's own; None of any other form.

        Returns:
            `question`, `steps`, `answer` and `skill`; `id`, `material`, `split` and `license` where it has them.

        Raises:
            RowRefused: names the field, what was given and what is expected.
        """
        ...


class RowRefused(ValueError):
    """A row of a domain's own form that cannot be used."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"field {field!r}: expected {expected}")
        self.field = field
        self.expected = expected


class Exercise(Record):
    """What a built-in expert is asked, and nothing more: the same as any teacher reads in its prompt."""

    question: str
    student_steps: tuple[str, ...]
    student_answer: str
    new_problems: int


class Worked(Record):
    """A question with a solution."""

    question: str
    steps: tuple[str, ...]
    answer: str


class ExpertLesson(Record):
    """What a built-in expert writes."""

    critique: str
    steps: tuple[str, ...]
    answer: str
    problems: tuple[Worked, ...]


class CannotTeach(ValueError):
    """A built-in expert cannot read a question; the message says why."""


@runtime_checkable
class BuiltinExpert(Protocol):
    """A teacher without a network. Without it: a teacher must be named, or `teacher.model=none`."""

    expert_version: str
    """Part of the key of each of its calls."""

    def lesson(self, exercise: Exercise, rng: Random, *, error_rate: float) -> ExpertLesson:
        """A lesson on an exercise, a pure function of its arguments.

        Args:
            exercise: what the prompt says.
            rng: the only source of chance.
            error_rate: chance of each piece (the solution, each new problem) to hold one mistake made on purpose, so
                that the check has work to do.

        Raises:
            CannotTeach: the question cannot be read.
        """
        ...


class Shift(Record):
    """One way to be unlike the training problems."""

    name: str
    recipe: dict[str, Any]
    note: str = ""
    least_number: int | None = None
    """Only problems with a larger number than this in a step count."""


@runtime_checkable
class Shifts(Protocol):
    """Without it: `diagnose` asks for more steps and nothing else."""

    def shifts(self, options: Mapping[str, Any]) -> Sequence[Shift]:
        """What can be asked, given the options of the student's training."""
        ...


@runtime_checkable
class WritesEquations(Protocol):
    """Without it: `diagnose` has no probes of operands and no table of every equation."""

    def largest_number(self, options: Mapping[str, Any]) -> int:
        """The largest whole number in the equations of problems drawn with these options."""
        ...


@runtime_checkable
class HasRows(Protocol):
    """Without it: rows are named by `task.rows`."""

    rows: str
    """The file of its own problems."""


@runtime_checkable
class HasOptions(Protocol):
    """A domain with settings of its own, given as `domains.NAME.KEY`. Without it: it has none."""

    options: type
    """A pydantic model with a default for each field, unknown keys refused."""


def power(thing: object, kind: type[T]) -> T | None:
    """A domain or a student as that power, or None where it lacks it."""
    return thing if isinstance(thing, kind) else None
