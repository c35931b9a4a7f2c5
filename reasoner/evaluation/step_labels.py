"""Which steps of an attempt are right, as a worked solution tells: a verifier's labels, of practice problems only."""

from collections.abc import Sequence

from reasoner.domains.powers import same_step
from reasoner.types.domain import Domain
from reasoner.types.problem import Problem


def missing_steps(domain: Domain, problem: Problem, before: Sequence[str]) -> list[str]:
    """The worked steps that earlier ones have not made yet, in whatever order those were made."""
    missing = list(problem.steps)
    for done in before:
        match = next((gold for gold in missing if same_step(domain, done, gold)), None)
        if match is not None:
            missing.remove(match)
    return missing


def step_is_right(domain: Domain, problem: Problem, before: Sequence[str], step: str) -> bool:
    """Whether a step is one that is still missing."""
    return any(same_step(domain, step, gold) for gold in missing_steps(domain, problem, before))


def end_is_right(domain: Domain, problem: Problem, steps: Sequence[str]) -> bool:
    """Whether a solution may end here: its answer is right."""
    return domain.check(problem, domain.answer_of(steps)).outcome == "right"
