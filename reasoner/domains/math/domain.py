"""The math domain behind the `Domain` port: stories drawn from seeds, answers and steps judged exactly."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from reasoner.domains.math import checker, equations, generator, operands, reader
from reasoner.domains.math.story import SKILLS
from reasoner.domains.math.structure import structure_of
from reasoner.domains.math.written_numbers import read_number
from reasoner.domains.plain_text import plain_text
from reasoner.types.problem import Outcome, Problem
from reasoner.types.step import StepVerdict

RECENT = 8192
"""Questions whose own steps are kept: several rules ask for those of one."""


class MathDomain:
    """Word problems whose steps are equations."""

    name = generator.NAME
    version = generator.VERSION
    skills: tuple[str, ...] = SKILLS
    max_difficulty = 8

    def check(self, problem: Problem, answer: str) -> Outcome:
        """Judges an answer by its value; see `checker.check`."""
        return checker.check(problem, answer)

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
            recipe: `difficulty` and `skill`; `max_number`, `distractor_rate` and `skills` where not the default.

        Raises:
            ValueError: the recipe cannot be met within its number range.
        """
        fields = dict(recipe)
        if "skills" in fields:
            fields["skills"] = tuple(fields["skills"])
        return generator.build(seed, generator.Recipe(**fields))

    def checker_hash(self) -> str:
        """SHA-256 of the source that judges; see `checker.checker_hash`."""
        return checker.checker_hash()


@lru_cache(maxsize=RECENT)
def _own_steps(question: str) -> tuple[str, ...] | None:
    """The steps that follow from a question; None where it cannot be read."""
    try:
        return reader.read(question).steps
    except reader.Unreadable:
        return None
