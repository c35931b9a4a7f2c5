"""The ProsQA domain behind the `Domain` port: rule graphs drawn from seeds, answers judged by search."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from reasoner.domains.plain_text import plain_text
from reasoner.domains.prosqa import checker, expert, generator, graph, rows, working
from reasoner.domains.prosqa.structure import structure_of
from reasoner.types.check import Check
from reasoner.types.domain import DomainInfo, Exercise, ExpertLesson, TeacherBrief
from reasoner.types.problem import Problem
from reasoner.types.step import StepVerdict

BRIEF = TeacherBrief(
    steps="Work by layers, without guessing. Step 1 lists all kinds that the entity is by one rule, step 2 those that "
    "follow from these by one more rule and are new, and so on: bare names in alphabetical order, separated by blanks. "
    "As soon as a candidate is reached, the last step is `so: ` and its name, in place of that layer.",
    answer="the name of the candidate, one word",
    example_steps=("dumpus terpus", "gorpus", "so: lempus"),
    example_answer="lempus",
    problems="the same number of steps and exactly one candidate that the entity is",
    question_length=(40, 4000),
)


class ProsqaDomain:
    """Which of two kinds is an entity? The steps are a search, layer by layer; see `working`."""

    max_difficulty = generator.MOST_STEPS
    gates_ahead = 0
    """They take long to draw, and a structure follows from its question alone."""
    expert_version = expert.VERSION

    def __init__(self) -> None:
        self._info = DomainInfo(
            name=generator.NAME,
            version=generator.VERSION,
            skills=(generator.SKILL,),
            fingerprint=checker.checker_hash(),
        )

    @property
    def info(self) -> DomainInfo:
        """There is one skill: problems differ in the number of steps, which is their difficulty."""
        return self._info

    def brief(self) -> TeacherBrief:
        """A search, layer by layer."""
        return BRIEF

    def canonical(self, step: str) -> str:
        """With single blanks."""
        return " ".join(step.split())

    def check(self, problem: Problem, answer: str) -> Check:
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

    def read_row(self, fields: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """A row of the published form; see `rows.read_proof`."""
        return rows.read_proof(fields)

    def lesson(self, exercise: Exercise, rng: Random, *, error_rate: float) -> ExpertLesson:
        """Of any question that can be read; see `expert.lesson`."""
        return expert.lesson(exercise, rng, error_rate=error_rate)
