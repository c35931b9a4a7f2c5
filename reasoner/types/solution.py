"""An answer to one question, with the steps that led to it."""

from reasoner.types.problem import Mode
from reasoner.types.record import Record


class SolvedStep(Record):
    """One decoded step."""

    text: str
    holds: bool
    """Whether the step is true by itself; says nothing about its use."""
    logprob: float
    """Natural log-probability of the step's tokens under the decoder."""


class Solution(Record):
    """What `reasoner solve` gives back."""

    question: str
    steps: tuple[SolvedStep, ...]
    answer: str
    """Empty where the student found none."""
    checkpoint: str
    mode: Mode
    seconds: float
