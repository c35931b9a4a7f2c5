"""Metric units: "Convert 3 m 20 cm to cm." A whole domain in one file; docs/tasks.md goes through it.

reasoner loop --cycles 2 --config tiny --task examples/units.py:Units data.difficulties=[1,2] teacher.model=none
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from reasoner.domains.structures import structure_of_text
from reasoner.types.check import RIGHT, Check, wrong
from reasoner.types.domain import DomainInfo, TeacherBrief
from reasoner.types.problem import Problem, Provenance

FACTORS = {("m", "cm"): 100, ("km", "m"): 1000, ("kg", "g"): 1000, ("l", "ml"): 1000, ("h", "min"): 60}


class Units:
    """Draws conversions; the first step multiplies, the second adds."""

    info = DomainInfo(name="units", version="1", skills=tuple(f"{a}_{b}" for a, b in FACTORS), fingerprint="units 1")
    max_difficulty = 2
    gates_ahead = 0

    def draw(self, seed: int, recipe: Mapping[str, Any]) -> Problem:
        rng, difficulty = Random(seed), recipe["difficulty"]
        large, small = recipe["skill"].split("_")
        factor, amount, rest = FACTORS[large, small], rng.randint(2, 99), rng.randint(1, 59)
        product = amount * factor
        steps = (f"{amount}*{factor}={product}", f"{product}+{rest}={product + rest}")[:difficulty]
        question = f"Convert {amount} {large}{f' {rest} {small}' if difficulty == 2 else ''} to {small}."
        return Problem(
            id=f"units-{difficulty}-{seed:x}",
            domain="units",
            skill=recipe["skill"],
            difficulty=difficulty,
            question=question,
            steps=steps,
            answer=self.answer_of(steps),
            structure=self.structure(question, steps),
            provenance=Provenance(generator="units", version="1", seed=seed, parameters=dict(recipe)),
        )

    def check(self, problem: Problem, answer: str) -> Check:
        return RIGHT if answer.strip() == problem.answer else wrong("another number")

    def answer_of(self, steps: Sequence[str]) -> str:
        return steps[-1].partition("=")[2] if steps else ""

    def canonical(self, step: str) -> str:
        return "".join(step.split())

    def structure(self, question: str, steps: Sequence[str]) -> str:
        return structure_of_text(question)

    def brief(self) -> TeacherBrief:
        return TeacherBrief(
            steps="First multiply the larger unit by its factor, `3*100=300`; then add what is left, `300+20=320`.",
            answer="the number in the smaller unit",
            example_steps=("3*100=300", "300+20=320"),
            example_answer="320",
        )
