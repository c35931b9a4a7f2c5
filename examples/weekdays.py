"""Weekdays: "Today is Tuesday. Which day is it in 10 days?" A domain with a solver and a built-in expert, in one file.

reasoner tasks check examples/weekdays.py:Weekdays --config tiny
reasoner loop --cycles 2 --config tiny --task examples/weekdays.py:Weekdays
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from reasoner.domains.structures import structure_of_text
from reasoner.types.check import RIGHT, Check, wrong
from reasoner.types.domain import CannotTeach, DomainInfo, Exercise, ExpertLesson, TeacherBrief, Worked
from reasoner.types.problem import Problem, Provenance

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Weekdays:
    """First the remainder by 7 that is left, `10-7*1=3`, then the number of the day, `1+3=4`."""

    info = DomainInfo(name="weekdays", version="1", skills=("later", "earlier"), fingerprint="weekdays 1")
    max_difficulty = 3
    gates_ahead = 0
    expert_version = "1"

    def draw(self, seed: int, recipe: Mapping[str, Any]) -> Problem:
        rng, skill = Random(seed), recipe["skill"]
        start, days = rng.randrange(7), rng.randint(1, 6) + 7 * rng.randint(0, 10 * recipe["difficulty"])
        asks = "will it be in" if skill == "later" else "was it before"
        question = f"Today is {DAYS[start]}. Which day of the week, from 0 for Monday, {asks} {days} days?"
        steps = self._work(start, days, skill)
        return Problem(
            id=f"weekdays-{skill}-{seed:x}",
            domain="weekdays",
            skill=skill,
            difficulty=recipe["difficulty"],
            question=question,
            steps=steps,
            answer=self.answer_of(steps),
            structure=self.structure(question, steps),
            provenance=Provenance(generator="weekdays", version="1", seed=seed, parameters=dict(recipe)),
        )

    def _work(self, start: int, days: int, skill: str) -> tuple[str, ...]:
        rest, sign = days % 7, 1 if skill == "later" else -1
        end = start + sign * rest
        steps = (f"{days}-7*{days // 7}={rest}", f"{start}{'+' if sign > 0 else '-'}{rest}={end}")
        return steps if 0 <= end < 7 else (*steps, f"{end}{'-' if sign > 0 else '+'}7={end % 7}")

    def check(self, problem: Problem, answer: str) -> Check:
        return RIGHT if answer.strip() == problem.answer else wrong("another day")

    def answer_of(self, steps: Sequence[str]) -> str:
        return steps[-1].rpartition("=")[2] if steps else ""

    def canonical(self, step: str) -> str:
        return "".join(step.split())

    def structure(self, question: str, steps: Sequence[str]) -> str:
        return structure_of_text(question)

    def solve(self, question: str) -> str | None:
        words = question.replace(".", "").split()
        if len(words) < 4 or words[2] not in DAYS or not words[-2].isdigit():
            return None
        skill = "later" if "will" in words else "earlier"
        return self.answer_of(self._work(DAYS.index(words[2]), int(words[-2]), skill))

    def brief(self) -> TeacherBrief:
        return TeacherBrief(
            steps="First what is left of the days after whole weeks, `10-7*1=3`; then the day, `1+3=4`, and if it is "
            "none of 0 to 6, the same with 7 less or more.",
            answer="the number of the day, 0 for Monday",
            example_steps=("10-7*1=3", "1+3=4"),
            example_answer="4",
        )

    def lesson(self, exercise: Exercise, rng: Random, *, error_rate: float) -> ExpertLesson:
        words = exercise.question.replace(".", "").split()
        if self.solve(exercise.question) is None:
            raise CannotTeach("it asks for no day of the week")
        skill = "later" if "will" in words else "earlier"
        steps = self._work(DAYS.index(words[2]), int(words[-2]), skill)
        new = [self.draw(rng.getrandbits(32), {"skill": skill, "difficulty": 3}) for _ in range(exercise.new_problems)]
        problems = tuple(Worked(question=p.question, steps=p.steps, answer=p.answer) for p in new)
        return ExpertLesson(
            critique=f"The steps are {', '.join(steps)}.", steps=steps, answer=self.answer_of(steps), problems=problems
        )
