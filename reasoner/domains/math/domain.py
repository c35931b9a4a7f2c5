"""The math domain behind the `Domain` port: stories drawn from seeds, answers and steps judged exactly."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import Any

from reasoner.domains.math import checker, equations, expert, generator, operands, reader
from reasoner.domains.math.options import MathOptions
from reasoner.domains.math.shifts import shifts
from reasoner.domains.math.story import SKILLS
from reasoner.domains.math.structure import structure_of
from reasoner.domains.math.written_numbers import read_number
from reasoner.domains.plain_text import plain_text
from reasoner.types.check import Check
from reasoner.types.domain import DomainInfo, Exercise, ExpertLesson, Shift, TeacherBrief
from reasoner.types.problem import Problem
from reasoner.types.step import StepVerdict

RECENT = 8192
"""Questions whose own steps are kept: several rules ask for those of one."""


BRIEF = TeacherBrief(
    steps="Each step is one equation `number operator number=number` with one of + - * /, exact, without units. Each "
    "operand is a number of the question or the result of an earlier step. The last result is the answer.",
    answer="the final number without units",
    example_steps=("12+7=19", "19*2=38"),
    example_answer="38",
)


class MathDomain:
    """Word problems whose steps are equations."""

    options = MathOptions
    max_difficulty = 8
    gates_ahead = 10
    expert_version = expert.VERSION

    def __init__(self) -> None:
        self._info = DomainInfo(
            name=generator.NAME, version=generator.VERSION, skills=SKILLS, fingerprint=checker.checker_hash()
        )

    @property
    def info(self) -> DomainInfo:
        """Skills are those of the last step."""
        return self._info

    def brief(self) -> TeacherBrief:
        """Equations of two numbers, exact."""
        return BRIEF

    def check(self, problem: Problem, answer: str) -> Check:
        """Judges an answer by its value; see `checker.check`."""
        return checker.check(problem, answer)

    def canonical(self, step: str) -> str:
        """Without blanks, if it is a true equation then."""
        dense = "".join(step.split())
        return dense if equations.is_true(dense) else step

    def judge_steps(self, question: str, steps: Sequence[str]) -> tuple[StepVerdict, ...]:
        """Of each equation whether it is true, and which of its operands nothing gives; see `operands.judge_steps`."""
        return operands.judge_steps(question, steps)

    def same_step(self, one: str, other: str) -> bool:
        """Whether two steps say the same; see `equations.same`."""
        return equations.same(one, other)

    def structure(self, question: str, steps: Sequence[str]) -> str:
        """The structure hash of any text, 16 hex digits.

        A question in disguise has that of the question. Where the text can be read, the steps are those that follow
        from it: whoever solves it another way does not move it to another split.
        """
        text = plain_text(question)
        own = _own_steps(text)
        return structure_of(text, steps if own is None else own)

    def answer_of(self, steps: Sequence[str]) -> str:
        """The right side of the last step, without `$` and commas; empty if no number stands there."""
        right = equations.normalise(steps[-1].rpartition("=")[2]) if steps else ""
        return right if read_number(right) is not None else ""

    def solve(self, question: str) -> str | None:
        """The answer that follows from the question's own words, or None where they cannot be read."""
        return reader.solve_text(question)

    def skill_of(self, question: str, steps: Sequence[str]) -> str:
        """The skill of the last step; see `operands.skill_of`."""
        return operands.skill_of(question, steps)

    def draw(self, seed: int, recipe: Mapping[str, Any]) -> Problem:
        """The problem of a seed and a recipe; `draw(p.provenance.seed, p.provenance.parameters)` is `p` again.

        Args:
            seed: 0 or more.
            recipe: `difficulty` and `skill`; `skills`, `wording` and fields of `MathOptions` where not the default.

        Raises:
            ValueError: the recipe cannot be met within its number range.
        """
        fields = dict(recipe)
        if "skills" in fields:
            fields["skills"] = tuple(fields["skills"])
        return generator.build(seed, generator.Recipe(**fields))

    def lesson(self, exercise: Exercise, rng: Random, *, error_rate: float) -> ExpertLesson:
        """Of a story in the generator's words; see `expert.lesson`."""
        return expert.lesson(exercise, rng, error_rate=error_rate)

    def largest_number(self, options: Mapping[str, Any]) -> int:
        """`domains.math.max_number`."""
        return options["max_number"]

    def shifts(self, options: Mapping[str, Any]) -> list[Shift]:
        """Larger numbers and unseen wording; see `shifts.shifts`."""
        return shifts(options)


@lru_cache(maxsize=RECENT)
def _own_steps(question: str) -> tuple[str, ...] | None:
    """The steps that follow from a question; None where it cannot be read."""
    try:
        return reader.read(question).steps
    except reader.Unreadable:
        return None
