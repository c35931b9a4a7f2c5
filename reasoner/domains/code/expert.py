"""The built-in expert of programs: it runs the question's program line by line, and draws new ones as long.

A set share of its pieces is spoilt on purpose (a line with another value), so that the check has work to do.
"""

from random import Random

from reasoner.domains.code import generator
from reasoner.domains.code.drawing import SKILLS
from reasoner.domains.code.lines import canonical
from reasoner.domains.code.question import arguments_of, traced, worked
from reasoner.domains.code.skills import skill_of
from reasoner.domains.code.values import Value, read, written
from reasoner.domains.critiques import critique
from reasoner.types.domain import CannotTeach, Exercise, ExpertLesson, Worked

VERSION = f"1/{generator.NAME}-{generator.VERSION}"
"""Part of the key of each of its calls."""


def lesson(exercise: Exercise, rng: Random, *, error_rate: float) -> ExpertLesson:
    """A lesson on an exercise; see `BuiltinExpert.lesson`."""
    found = traced(exercise.question)
    if found is None:
        raise CannotTeach("it asks nothing about a small program that can be run line by line")
    right = Worked(question=exercise.question, steps=worked(found), answer=found.value)
    solution = _maybe_spoilt(rng, right, error_rate)
    lines = len(right.steps) - arguments_of(exercise.question)
    new = tuple(_maybe_spoilt(rng, one, error_rate) for one in _similar(rng, exercise, lines))
    remark = critique(
        exercise,
        right,
        same=lambda one, other: canonical(one) == canonical(other),
        told=lambda place, own, line: (
            f"Step {place}, {own!r}, is wrong: run that line with the values so far, and it gives {line!r}."
        ),
    )
    return ExpertLesson(critique=remark, steps=solution.steps, answer=solution.answer, problems=new)


def _similar(rng: Random, exercise: Exercise, steps: int) -> list[Worked]:
    """New programs of the same skill whose calls take as many steps."""
    skill, found = skill_of(exercise.question), list[Worked]()
    recipe = {"skill": skill, "difficulty": min(steps, generator.MOST_STEPS)}
    for _ in range(20 * exercise.new_problems):
        if len(found) == exercise.new_problems:
            break
        try:
            drawn = generator.build(rng.getrandbits(48), recipe)
        except ValueError:
            recipe["skill"] = rng.choice(SKILLS)
            continue
        found.append(Worked(question=drawn.question, steps=drawn.steps, answer=drawn.answer))
    return found


def _maybe_spoilt(rng: Random, worked_one: Worked, error_rate: float) -> Worked:
    """The piece as it is or, with the chance of `error_rate`, with another value in its last line."""
    if rng.random() >= error_rate:
        return worked_one
    other = written(_other(read(worked_one.answer)))
    last = worked_one.steps[-1].removesuffix(worked_one.answer) + other
    return worked_one.model_copy(update={"steps": (*worked_one.steps[:-1], last), "answer": other})


def _other(value: Value) -> Value:
    """A value of the same kind that is not it."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value + "a"
    return [*value, 1] if isinstance(value, list) else 0
