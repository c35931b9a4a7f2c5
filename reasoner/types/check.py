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
    evidence: dict[str, Any] = {}
    """What a person wants to see: the failing test, the end of stderr, seconds, the matched choice."""
