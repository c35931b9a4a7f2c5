"""The built-in expert: it reads the question's words, works it as the module does, and draws new ones of the area.

A set share of its pieces is spoilt on purpose (another result, a missing step), so that the check has work to do.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from random import Random

from reasoner.domains.critiques import critique
from reasoner.domains.formal_math.module import Module, Scale, answer_of
from reasoner.domains.formal_math.modules import MODULES, work
from reasoner.domains.formal_math.polynomials import read_number, read_polynomial, written, written_number
from reasoner.types.domain import CannotTeach, Exercise, ExpertLesson, Worked

_SAME_MODULE = 0.7
"""Share of new problems of the given one's module; the others are of its area."""
_TRIES = 40
_LEVELS = (1, 2, 3, 4)


def lesson(asked: Exercise, rng: Random, *, error_rate: float) -> ExpertLesson:
    """A lesson on an exercise; see `BuiltinExpert.lesson`."""
    try:
        name, steps = work(asked.question)
    except ValueError as error:
        raise CannotTeach(str(error)) from error
    right = Worked(question=asked.question, steps=steps, answer=answer_of(steps))
    solution = _maybe_spoilt(rng, right, error_rate)
    problems = tuple(_maybe_spoilt(rng, new, error_rate) for new in _similar(rng, asked, name, len(steps)))
    remark = critique(
        asked,
        right,
        same=lambda one, other: "".join(one.split()) == "".join(other.split()),
        told=lambda place, given, wanted: f"Step {place}, {given!r}, is not what comes next: it should be {wanted!r}.",
    )
    return ExpertLesson(critique=remark, steps=solution.steps, answer=solution.answer, problems=problems)


def _similar(rng: Random, asked: Exercise, name: str, steps: int) -> list[Worked]:
    """New questions, unlike one another, with as many steps where such are found soon."""
    area = [module for module in MODULES.values() if module.area == MODULES[name].area]
    found: dict[str, Worked] = {}
    while len(found) < asked.new_problems:
        module = MODULES[name] if rng.random() < _SAME_MODULE else rng.choice(area)
        new = _drawn(rng, module, steps)
        if new.question != asked.question:
            found.setdefault(new.question, new)
    return list(found.values())


def _drawn(rng: Random, module: Module, steps: int) -> Worked:
    question, own = module.problem(rng, Scale(rng.choice(_LEVELS)))
    for _ in range(_TRIES):
        if len(own) == steps:
            break
        question, own = module.problem(rng, Scale(rng.choice(_LEVELS)))
    return Worked(question=question, steps=tuple(own), answer=answer_of(own))


def _maybe_spoilt(rng: Random, worked: Worked, error_rate: float) -> Worked:
    """The worked piece as it is or, with the chance of `error_rate`, with one fault in it."""
    if rng.random() >= error_rate:
        return worked
    if len(worked.steps) > 1 and rng.random() < 0.3:
        return worked.model_copy(update={"steps": _without(worked.steps, rng.randrange(len(worked.steps) - 1))})
    other = _other(rng, worked.answer)
    last = worked.steps[len(worked.steps) - 1].rpartition("=")
    return worked.model_copy(update={"steps": (*worked.steps[:-1], f"{last[0]}{last[1]}{other}"), "answer": other})


def _without(steps: Sequence[str], place: int) -> tuple[str, ...]:
    return (*steps[:place], *steps[place + 1 :])


def _other(rng: Random, answer: str) -> str:
    """Another answer of the same form."""
    if answer in ("True", "False"):
        return str(answer == "False")
    if ", " in answer:
        return ", ".join([_other(rng, answer.partition(", ")[0]), answer.partition(", ")[2]])
    more = rng.randint(1, 9)
    if (value := read_number(answer)) is not None:
        return written_number(value + more, decimal="." in answer)
    if (told := read_polynomial(answer)) is not None:
        return written({**told, (): told.get((), Fraction(0)) + more})
    return re.sub(r":(\d\d)", lambda match: f":{(int(match[1]) + more) % 60:02d}", answer)
