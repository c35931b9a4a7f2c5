"""A problem with one attempt at it: what the evaluation gives back, and what learns from failures works with."""

from collections.abc import Sequence

from reasoner.types.problem import Attempt, Problem
from reasoner.types.record import Record


class Tried(Record):
    """A problem and a student's attempt at it."""

    problem: Problem
    attempt: Attempt

    @property
    def wrong(self) -> bool:
        """Answered, and not rightly: a failure that can be taught. What the checker could not judge is none."""
        return self.attempt.outcome == "wrong"


def attempts_of(tried: Sequence[Tried]) -> list[Attempt]:
    """The attempts alone."""
    return [one.attempt for one in tried]
