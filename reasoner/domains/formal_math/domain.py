"""Formal mathematics behind the `Domain` port: modules drawn from seeds, worked in exact steps, judged exactly."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from reasoner.domains.formal_math import (
    algebra,
    answers,
    arithmetic,
    comparison,
    expert,
    expressions,
    measurement,
    module,
    modules,
    numbers,
    polynomials,
    rows,
)
from reasoner.domains.formal_math.module import CannotWork, Scale
from reasoner.domains.formal_math.modules import MODULES
from reasoner.domains.formal_math.options import FormalMathOptions, chosen
from reasoner.domains.formal_math.polynomials import read_polynomial
from reasoner.domains.structures import structure_of_text
from reasoner.types.check import RIGHT, Check, failed, wrong
from reasoner.types.domain import DomainInfo, DrawRange, Exercise, ExpertLesson, Shift, TeacherBrief
from reasoner.types.problem import Problem, Provenance
from reasoner.types.step import StepVerdict

NAME, VERSION = "formal_math", "1"
_SOURCES = (
    algebra, answers, arithmetic, comparison, expressions, measurement, module, modules, numbers, polynomials,
)  # fmt: skip

BRIEF = TeacherBrief(
    steps="Each step is one exact equation without words, `12*7=84`; a negative number or a fraction behind an "
    "operator stands in brackets, `5-(-3)=8`; a division with a remainder is `17=3*5+2`. The right side of the last "
    "equation is the answer; where it is not (True or False, a list, a polynomial, a time), the last step is the "
    "answer alone.",
    answer="the value alone: a number (fractions in lowest terms), True or False, a list such as `2, 3`, a time such "
    "as `1:05 PM`, or a polynomial such as `3*x**2 - x + 1`, without brackets and with like terms collected",
    example_steps=("18=1*12+6", "12=2*6+0", "6"),
    example_answer="6",
    problems="the same number of steps and a question of the same kind, in the same words, with other numbers",
    question_length=(5, modules.LONGEST),
)


class FormalMathDomain:
    """The skill of a problem is its module; the difficulty is a level, 1 to 4, of which numbers and steps grow."""

    options = FormalMathOptions
    max_difficulty = 4
    gates_ahead = 5
    expert_version = f"1/{NAME}-{VERSION}"

    def __init__(self) -> None:
        self._info = DomainInfo(name=NAME, version=VERSION, skills=tuple(MODULES), fingerprint=_fingerprint())

    @property
    def info(self) -> DomainInfo:
        """Skills are the modules."""
        return self._info

    def brief(self) -> TeacherBrief:
        """Exact equations."""
        return BRIEF

    def drawn_range(self, options: Mapping[str, Any]) -> DrawRange:
        """The chosen modules."""
        return DrawRange(skills=chosen(tuple(options["modules"])), max_difficulty=self.max_difficulty)

    def draw(self, seed: int, recipe: Mapping[str, Any]) -> Problem:
        """The problem of a seed and a recipe.

        Args:
            seed: 0 or more.
            recipe: `difficulty`, a level from 1 to 4, and `skill`, a module; `larger` and `modules` of the options.

        Raises:
            ValueError: there is no such module or level, or no problem is found.
        """
        level, skill = recipe["difficulty"], recipe["skill"]
        if skill not in MODULES or not 1 <= level <= self.max_difficulty:
            raise ValueError(
                f"{skill!r}, level {level!r}: expected a module, and a level from 1 to {self.max_difficulty}"
            )
        rng = Random(f"{NAME} {VERSION} {skill} {level} {seed}")
        question, steps = MODULES[skill].problem(rng, Scale(level, larger=recipe.get("larger", False)))
        return Problem(
            id=f"{NAME}-{skill}-{level}-{seed:x}",
            domain=NAME,
            skill=skill,
            difficulty=level,
            question=question,
            steps=tuple(steps),
            answer=module.answer_of(steps),
            structure=self.structure(question, steps),
            provenance=Provenance(generator=NAME, version=VERSION, seed=seed, parameters=dict(recipe)),
        )

    def check(self, problem: Problem, answer: str) -> Check:
        """Judges an answer by its value and its form; see `answers.fault`."""
        if not problem.answer.strip():
            return failed("there is no gold answer")
        fault = answers.fault(problem.answer, answer, problem.skill)
        return wrong(fault) if fault else RIGHT

    def answer_of(self, steps: Sequence[str]) -> str:
        """The right side of the last step, or the whole step where it is no equation."""
        return module.answer_of(tuple(steps))

    def canonical(self, step: str) -> str:
        """With single blanks."""
        return " ".join(step.split())

    def structure(self, question: str, steps: Sequence[str]) -> str:  # noqa: ARG002 (the question alone decides)
        """That of the module and its numbers, whatever the wording; of any other text, that of its signs."""
        found = modules.read(question)
        if found is None:
            return structure_of_text(question)
        kind, fields = found
        return hashlib.sha256(repr(kind.exercise(fields)).encode()).hexdigest()[:16]

    def judge_steps(self, question: str, steps: Sequence[str]) -> tuple[StepVerdict, ...]:  # noqa: ARG002
        """Of each equation whether it holds as one of numbers or polynomials; other steps are answers, and stand.

        What a step uses is not asked: a step that nothing gives is found by its answer alone.
        """
        return tuple(StepVerdict(true=_holds(step)) for step in steps)

    def same_step(self, one: str, other: str) -> bool:
        """Whether two steps are the same but for blanks."""
        return "".join(one.split()) == "".join(other.split())

    def solve(self, question: str) -> str | None:
        """The answer that follows from the question's words; None where no module asks so."""
        try:
            return module.answer_of(modules.work(question)[1])
        except CannotWork:
            return None

    def skill_of(self, question: str, steps: Sequence[str]) -> str:  # noqa: ARG002 (the question tells)
        """The module whose words the question has.

        Raises:
            ValueError: no module asks so.
        """
        found = modules.read(question)
        if found is None:
            raise ValueError(f"no module asks {question!r:.80}")
        return found[0].name

    def read_row(self, fields: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """A row without steps, as the published data has them; see `rows.read_pair`."""
        return rows.read_pair(fields)

    def lesson(self, exercise: Exercise, rng: Random, *, error_rate: float) -> ExpertLesson:
        """Of a question in a module's words; see `expert.lesson`."""
        return expert.lesson(exercise, rng, error_rate=error_rate)

    def shifts(self, options: Mapping[str, Any]) -> list[Shift]:
        """Larger numbers, as in the paper's extrapolation."""
        larger = Shift(name="larger numbers", recipe={**options, "larger": True}, note="ten times as large")
        return [] if options.get("larger") else [larger]


@lru_cache(maxsize=8192)
def _holds(step: str) -> bool:
    sides = step.split("=")
    if len(sides) != 2:
        return len(sides) == 1 and bool(step.strip())
    left, right = map(read_polynomial, sides)
    return left is not None and left == right


def _fingerprint() -> str:
    """SHA-256 (hex) of the sources that judge, read questions and make structures."""
    digest = hashlib.sha256()
    for path in (__file__, *(source.__file__ for source in _SOURCES)):
        digest.update(Path(str(path)).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
