"""The built-in expert of the math domain: it knows nothing but the question's text.

It reads the problem as any model would, works it out, and says what the student did wrong. A set share of its pieces is
spoilt on purpose (a false result, a wrong operand, a missing step, another answer), so that the check has work to do.
"""

import re
from collections.abc import Iterator, Sequence
from random import Random

from reasoner.domains.math import generator
from reasoner.domains.math.equations import is_true
from reasoner.domains.math.reader import Reading, Unreadable, read
from reasoner.domains.math.story import SKILLS
from reasoner.types.domain import CannotTeach, Exercise, ExpertLesson, Worked
from reasoner.types.problem import Problem

VERSION = f"1/{generator.NAME}-{generator.VERSION}"
"""Part of the key of each of its calls: another generator writes other problems."""

_NEIGHBOURS = {
    "add": ("take_away", "compare"),
    "take_away": ("add", "compare"),
    "compare": ("take_away", "add"),
    "times": ("rates", "share"),
    "share": ("times", "rates"),
    "rates": ("times", "share"),
}
_SAME_SKILL = 0.7
"""Share of new problems with the skill of the given one; the others have a neighbouring one."""
_SMALLEST_RANGE = 50
_MAX_STEPS = 8

_BECAUSE = {
    "+": "what belongs together is added",
    "-": "what is missing or gone is taken away",
    "*": "the same number comes several times",
    "/": "the whole is split into equal parts",
}
_EQUATION = re.compile(r"(\d+)([+\-*/])(\d+)=(\d+)")
_NUMBER = re.compile(r"\d+")


def lesson(asked: Exercise, rng: Random, *, error_rate: float) -> ExpertLesson:
    """A lesson on an exercise; see `BuiltinExpert.lesson`."""
    try:
        reading = read(asked.question)
    except Unreadable as error:
        raise CannotTeach(str(error)) from error
    steps, answer = _maybe_spoilt(rng, reading.steps, str(reading.answer), error_rate)
    problems: list[Worked] = []
    for problem in _similar(rng, asked, reading):
        worked, result = _maybe_spoilt(rng, problem.steps, problem.answer, error_rate)
        problems.append(Worked(question=problem.question, steps=tuple(worked), answer=result))
    return ExpertLesson(critique=_critique(asked, reading), steps=tuple(steps), answer=answer, problems=tuple(problems))


def _similar(rng: Random, asked: Exercise, reading: Reading) -> Iterator[Problem]:
    """New problems of the same length, unlike one another and unlike the given one."""
    difficulty = min(max(len(reading.steps), 1), _MAX_STEPS)
    largest = max(map(int, _NUMBER.findall(" ".join([asked.question, *reading.steps]))))
    max_number = max(_SMALLEST_RANGE, -(-largest // 10) * 10)
    seen = {asked.question}
    while len(seen) <= asked.new_problems:
        home = reading.skill or rng.choice(SKILLS)
        skill = home if rng.random() < _SAME_SKILL else rng.choice(_NEIGHBOURS[home])
        recipe = generator.Recipe(difficulty=difficulty, skill=skill, max_number=max_number)
        problem = generator.build(rng.getrandbits(48), recipe)
        if problem.question not in seen:
            seen.add(problem.question)
            yield problem


def _critique(asked: Exercise, reading: Reading) -> str:
    """Names the first wrong step, and what would have been right."""
    if not asked.student_steps:
        return (
            f"The student wrote no step. Begin with {reading.steps[0]!r}." if reading.steps else "There is no answer."
        )
    open_steps = list(reading.steps)
    for position, step in enumerate(asked.student_steps, start=1):
        match = next((s for s in open_steps if step in _orders(s)), None)
        if match is not None:
            open_steps.remove(match)
            continue
        fault = "does not belong here" if is_true(step) else "is not true"
        return f"Step {position}, {step!r}, {fault}. {_advice(open_steps, reading)}"
    if open_steps:
        return f"The steps are right but stop too early. {_advice(open_steps, reading)}"
    if asked.student_answer != str(reading.answer):
        return f"The steps are right, but the answer is the last result, {reading.answer}."
    return "The steps and the answer are right."


def _advice(open_steps: Sequence[str], reading: Reading) -> str:
    if not open_steps:
        return f"The work was done before it; the answer is {reading.answer}."
    expected = open_steps[0]
    operator = next(c for c in expected if c in _BECAUSE)
    return f"It should be {expected!r}: {_BECAUSE[operator]}."


def _orders(step: str) -> set[str]:
    """A step and, where the order does not matter, the same the other way round."""
    left, operator, right, value = _parts(step)
    return {step, f"{right}{operator}{left}={value}"} if operator in "+*" else {step}


def _parts(step: str) -> tuple[int, str, int, int]:
    match = _EQUATION.fullmatch(step)
    assert match is not None, f"not an own step: {step!r}"
    return int(match[1]), match[2], int(match[3]), int(match[4])


def _maybe_spoilt(rng: Random, steps: Sequence[str], answer: str, error_rate: float) -> tuple[list[str], str]:
    """The worked piece as it is or, with the chance of `error_rate`, with one fault in it."""
    spoilt = list(steps)
    if rng.random() >= error_rate:
        return spoilt, answer
    if not spoilt:
        return spoilt, str(int(answer) + rng.randint(1, 9))
    faults = (_false_result, _wrong_operand, _missing_step, _other_answer)
    return rng.choice(faults)(rng, spoilt, answer)


def _false_result(rng: Random, steps: list[str], answer: str) -> tuple[list[str], str]:
    at = rng.randrange(len(steps))
    left, operator, right, value = _parts(steps[at])
    wrong = value + rng.randint(1, 9)
    steps[at] = f"{left}{operator}{right}={wrong}"
    return steps, str(wrong) if at == len(steps) - 1 else answer


def _wrong_operand(rng: Random, steps: list[str], answer: str) -> tuple[list[str], str]:
    """A true equation about another number."""
    at = rng.randrange(len(steps))
    left, operator, right, value = _parts(steps[at])
    left += right if operator == "/" else 1
    value += right if operator == "*" else 1
    steps[at] = f"{left}{operator}{right}={value}"
    return steps, str(value) if at == len(steps) - 1 else answer


def _missing_step(rng: Random, steps: list[str], answer: str) -> tuple[list[str], str]:
    del steps[rng.randrange(len(steps))]
    return steps, answer


def _other_answer(rng: Random, steps: list[str], answer: str) -> tuple[list[str], str]:
    return steps, str(int(answer) + rng.randint(1, 9))
