"""What a domain can be asked for beside its five members, and what stands in where it cannot say."""

from collections.abc import Mapping, Sequence
from typing import Any

from reasoner.errors import UsageError
from reasoner.types.check import Check
from reasoner.types.domain import (
    ChecksMany,
    Domain,
    DrawRange,
    Draws,
    JudgesSteps,
    Labels,
    Narrows,
    Offers,
    Solves,
    power,
)
from reasoner.types.problem import Problem
from reasoner.types.step import StepVerdict

MIXED = "mixed"
"""Skill of a problem whose steps show none."""

_NOTHING_AGAINST = StepVerdict(true=True)


def check_all(domain: Domain, problems: Sequence[Problem], answers: Sequence[str]) -> list[Check]:
    """What the checker says of an answer to each problem: of all together where the domain can, else one by one."""
    many = power(domain, ChecksMany)
    if many is not None:
        return many.check_all(problems, answers)
    return [domain.check(problem, answer) for problem, answer in zip(problems, answers, strict=True)]


def judge_steps(domain: Domain, question: str, steps: Sequence[str]) -> tuple[StepVerdict, ...]:
    """The verdict on each step; nothing speaks against a step of a domain that judges none."""
    judge = power(domain, JudgesSteps)
    return judge.judge_steps(question, steps) if judge else (_NOTHING_AGAINST,) * len(steps)


def same_step(domain: Domain, one: str, other: str) -> bool:
    """Whether two steps say the same; of a domain that judges none, whether they have one spelling."""
    judge = power(domain, JudgesSteps)
    return judge.same_step(one, other) if judge else domain.canonical(one) == domain.canonical(other)


def read_answer(domain: Domain, question: str) -> str | None:
    """The answer that the domain itself reads from a question; None where it reads none."""
    solver = power(domain, Solves)
    return solver.solve(question) if solver else None


def offered(domain: Domain, questions: Sequence[str]) -> list[tuple[str, ...]]:
    """All answers that there are to each question; none of a domain whose answers are not few."""
    offers = power(domain, Offers)
    return [offers.offered(question) if offers else () for question in questions]


def skill_of(domain: Domain, question: str, steps: Sequence[str]) -> str:
    """The skill that a problem shows: the first of a domain that tells none apart, `mixed` where it cannot be told."""
    labels = power(domain, Labels)
    if labels is None:
        return domain.info.skills[0]
    try:
        return labels.skill_of(question, steps)
    except ValueError:
        return MIXED


def drawing(domain: Domain) -> Draws:
    """The domain as one that draws problems.

    Raises:
        UsageError: it draws none.
    """
    draws = power(domain, Draws)
    if draws is None:
        raise UsageError(f"the task {domain.info.name!r} draws no problems: give rows of it with task.rows=FILE")
    return draws


def drawn_range(domain: Domain, options: Mapping[str, Any]) -> DrawRange:
    """What can be drawn with these options: everything, unless the domain narrows it.

    Raises:
        UsageError: the domain draws no problems.
    """
    most, narrows = drawing(domain).max_difficulty, power(domain, Narrows)
    return narrows.drawn_range(options) if narrows else DrawRange(skills=domain.info.skills, max_difficulty=most)
