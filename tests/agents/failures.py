"""Failures to teach, drawn from seeds."""

from reasoner.domains.math.generator import Recipe, build
from reasoner.domains.math.story import SKILLS
from reasoner.types.problem import Problem
from reasoner.types.teaching import Lesson, TeacherCall, TeacherRequest


def problem(seed: int, difficulty: int | None = None) -> Problem:
    return build(seed, Recipe(difficulty=difficulty or 1 + seed % 4, skill=SKILLS[seed % 6], max_number=50))


def request(seed: int = 0, *, new_problems: int = 2, sample: int = 0, difficulty: int | None = None) -> TeacherRequest:
    return TeacherRequest(
        problem=problem(seed, difficulty),
        attempt_steps=("1+1=3",),
        attempt_answer="3",
        new_problems=new_problems,
        sample=sample,
    )


def requests(count: int, *, new_problems: int = 2) -> list[TeacherRequest]:
    return [request(seed, new_problems=new_problems) for seed in range(count)]


def call_with(lesson: Lesson | None, *, model: str = "builtin/expert") -> TeacherCall:
    return TeacherCall(
        id="0123456789abcdef",
        model=model,
        problem_id="p",
        state="failed" if lesson is None else "done",
        cached=False,
        lesson=lesson,
        error="" if lesson else "nobody answered",
        prompt_tokens=0,
        completion_tokens=0,
        usd=0.0,
        seconds=0.0,
        requests=1,
    )
