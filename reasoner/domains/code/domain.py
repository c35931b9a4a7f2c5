"""The code domain behind the `Domain` port: what small programs return, and programs that must pass tests."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from random import Random
from typing import Any

from reasoner.domains.checkers.base import Gold
from reasoner.domains.checkers.fingerprint import ROOMS, sources_digest
from reasoner.domains.checkers.unit_tests import TestsChecker
from reasoner.domains.code import expert, generator, lines, rows
from reasoner.domains.code.drawing import SKILLS
from reasoner.domains.code.options import CodeOptions
from reasoner.domains.code.question import traced, worked
from reasoner.domains.code.skills import skill_of
from reasoner.domains.code.structure import structure_of
from reasoner.domains.code.values import NoValue, read, same, written
from reasoner.types.check import RIGHT, Check, failed, wrong
from reasoner.types.domain import DomainInfo, Exercise, ExpertLesson, TeacherBrief
from reasoner.types.problem import Problem
from reasoner.types.step import StepVerdict

BRIEF = TeacherBrief(
    steps="Run the call line by line, without blanks. First a step `name=value` for each argument, then one for each "
    "executed assignment; what is reckoned with numbers alone shows its operands, `c=3+5=8`. The last step, `=value`, "
    "is what is returned. Lines of `for` and `if` are no steps of their own.",
    answer="the returned value as a Python literal",
    example_steps=("s='abc'", "n=2", "t='cba'", "m=2+1=3", "='cb'"),
    example_answer="'cb'",
    problems="the same number of steps and the same kinds of values, in the same form",
    question_length=(25, 3000),
)
_TESTS = "tests"


class CodeDomain:
    """What does a call return? Or, for rows and language models: a program that passes tests."""

    options = CodeOptions
    max_difficulty = generator.MOST_STEPS
    gates_ahead = 10
    expert_version = expert.VERSION

    def __init__(self) -> None:
        self._tests = TestsChecker()

    @property
    def info(self) -> DomainInfo:
        """The fingerprint is of the interpreter, of all that judges here, and of the sandbox in which tests run."""
        return self._info

    @cached_property
    def _info(self) -> DomainInfo:
        told = f"{sources_digest(type(self).__module__, ROOMS)} {self._tests.sha256}"
        mark = hashlib.sha256(told.encode()).hexdigest()
        return DomainInfo(name=generator.NAME, version=generator.VERSION, skills=SKILLS, fingerprint=mark)

    def brief(self) -> TeacherBrief:
        """A line a step."""
        return BRIEF

    def check(self, problem: Problem, answer: str) -> Check:
        """By the tests of the problem where it has some; else by the value, of the same type throughout."""
        if _TESTS in problem.material:
            return self._tests.check(Gold(answer=problem.answer, material=problem.material), answer)
        if not answer.strip():
            return wrong("there is no answer")
        try:
            gold = read(problem.answer)
        except NoValue as error:
            return failed(f"the gold answer cannot be used: {error}")
        try:
            said = read(answer)
        except NoValue as error:
            return wrong(str(error))
        return RIGHT if same(said, gold) else wrong(f"{written(said)[:80]} is not {written(gold)[:80]}")

    def check_all(self, problems: Sequence[Problem], answers: Sequence[str]) -> list[Check]:
        """Programs in as many jails at once as there are cores, values one by one."""
        tested = [place for place, problem in enumerate(problems) if _TESTS in problem.material]
        golds = [Gold(answer=problems[place].answer, material=problems[place].material) for place in tested]
        graded = self._tests.check_all(golds, [answers[place] for place in tested]) if tested else []
        found = dict(zip(tested, graded, strict=True))
        pairs = enumerate(zip(problems, answers, strict=True))
        return [found.get(place) or self.check(problem, answer) for place, (problem, answer) in pairs]

    def answer_of(self, steps: Sequence[str]) -> str:
        """The value of a last step `=value`, or a last step that is a program; empty for any other."""
        last = steps[-1].strip() if steps else ""
        line = lines.parsed(last)
        if line is not None:
            return "" if line.name else written(line.value)
        return last if "def " in last else ""

    def canonical(self, step: str) -> str:
        """See `lines.canonical`."""
        return lines.canonical(step)

    def structure(self, question: str, steps: Sequence[str]) -> str:  # noqa: ARG002 (the question alone decides)
        """That of the program, whatever it is called with."""
        return structure_of(question)

    def judge_steps(self, question: str, steps: Sequence[str]) -> tuple[StepVerdict, ...]:
        """Whether each line says what running the program gives there; nothing speaks against lines about others."""
        found = traced(question)
        if found is None:
            return (StepVerdict(true=True),) * len(steps)
        truth = worked(found)
        right = [place < len(truth) and self.same_step(step, truth[place]) for place, step in enumerate(steps)]
        return tuple(StepVerdict(true=one) for one in right)

    def same_step(self, one: str, other: str) -> bool:
        """Whether two lines have one canonical form."""
        return self.canonical(one) == self.canonical(other)

    def solve(self, question: str) -> str | None:
        """What running the program gives; None where it cannot be run line by line."""
        found = traced(question)
        return found.value if found else None

    def skill_of(self, question: str, steps: Sequence[str]) -> str:  # noqa: ARG002 (the program shows it)
        """See `skills.skill_of`."""
        return skill_of(question)

    def draw(self, seed: int, recipe: Mapping[str, Any]) -> Problem:
        """The problem of a seed and a recipe; see `generator.build`."""
        return generator.build(seed, recipe)

    def read_row(self, fields: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """A row of CRUXEval, HumanEval or MBPP, or one with `tests`; see `rows.read_row`."""
        return rows.read_row(fields)

    def lesson(self, exercise: Exercise, rng: Random, *, error_rate: float) -> ExpertLesson:
        """Of any program that can be run line by line; see `expert.lesson`."""
        return expert.lesson(exercise, rng, error_rate=error_rate)
