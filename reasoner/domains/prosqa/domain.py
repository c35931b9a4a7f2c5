"""The ProsQA domain behind the `Domain` port: rule graphs drawn from seeds, answers judged by search."""

from collections.abc import Mapping, Sequence
from typing import Any

from reasoner.domains.plain_text import plain_text
from reasoner.domains.prosqa import checker, generator, graph, working
from reasoner.domains.prosqa.structure import structure_of
from reasoner.types.problem import Outcome, Problem
from reasoner.types.step import StepVerdict


class ProsqaDomain:
    """Which of two kinds is an entity? The steps are a search, layer by layer; see `working`."""

    name = generator.NAME
    version = generator.VERSION
    skills: tuple[str, ...] = (generator.SKILL,)
    max_difficulty = generator.MOST_STEPS

    def check(self, problem: Problem, answer: str) -> Outcome:
        """Judges an answer by the question's rules; see `checker.check`."""
        return checker.check(problem, answer)

    def judge_steps(self, question: str, steps: Sequence[str]) -> tuple[StepVerdict, ...]:
        """Of each step whether it is well formed, and which kinds do not follow; see `working.judge_steps`."""
        return working.judge_steps(graph.read(question), steps)

    def same_step(self, one: str, other: str) -> bool:
        """Whether two steps are the same words."""
        return one.split() == other.split()

    def structure(self, question: str, steps: Sequence[str]) -> str:  # noqa: ARG002 (the steps follow from the question)
        """The structure hash of any text, 16 hex digits."""
        return structure_of(plain_text(question))

    def answer_of(self, steps: Sequence[str]) -> str:
        """The kind that the last step concludes; empty if it concludes none."""
        return working.concluded(steps)

    def solve(self, question: str) -> str | None:
        """The candidate that the entity is; None where the text cannot be read or not exactly one is."""
        told = graph.read(question)
        return graph.answer(told) if told is not None else None

    def skill_of(self, question: str, steps: Sequence[str]) -> str:  # noqa: ARG002 (there is one skill)
        """Always `reach`: problems differ in the number of steps, which is their difficulty."""
        return generator.SKILL

    def draw(self, seed: int, recipe: Mapping[str, Any]) -> Problem:
        """The problem of a seed and a recipe; `draw(p.provenance.seed, p.provenance.parameters)` is `p` again.

        Args:
            seed: 0 or more.
            recipe: `difficulty` (1 to 6 steps; as in the published rows where absent) and `skill`.

        Raises:
            ValueError: no such problem is found from this seed.
        """
        fields = dict(recipe)
        skill = fields.pop("skill", generator.SKILL)
        if skill != generator.SKILL:
            raise ValueError(f"skill {skill!r}: expected {generator.SKILL!r}")
        return generator.build(seed, **fields)

    def checker_hash(self) -> str:
        """SHA-256 of the source that judges; see `checker.checker_hash`."""
        return checker.checker_hash()
