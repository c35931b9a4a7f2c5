"""What a checker says of an answer."""

from typing import Any

from pydantic import Field

from reasoner.types.problem import Outcome
from reasoner.types.record import Record


class Check(Record):
    """What a checker says. `outcome` is what the gate tests; `score` is for graded tasks and rewards."""

    outcome: Outcome
    """`error` is the checker's own failure (a sandbox that could not start): never right, never wrong."""
    score: float = Field(ge=0, le=1)
    """1 or 0 for right or wrong unless the task is graded."""
    reason: str = ""
    evidence: dict[str, Any] = Field(default_factory=dict)
    """What a person wants to see: the failing test, the end of stderr, seconds, the matched choice."""


RIGHT = Check(outcome="right", score=1.0)


def right(evidence: dict[str, Any] | None = None) -> Check:
    """The answer is right."""
    return Check(outcome="right", score=1.0, evidence=evidence or {})


def wrong(reason: str = "", *, score: float = 0.0, evidence: dict[str, Any] | None = None) -> Check:
    """The answer is wrong; `score` in 0..1 where the task is graded."""
    return Check(outcome="wrong", score=score, reason=reason, evidence=evidence or {})


def failed(reason: str) -> Check:
    """The checker's own failure."""
    return Check(outcome="error", score=0.0, reason=reason)
