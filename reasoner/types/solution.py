"""An answer to one question, with the steps that led to it."""

from reasoner.types.problem import Mode
from reasoner.types.record import Record


class SolvedStep(Record):
    """One decoded step."""

    text: str
    holds: bool | None
    """Whether the step is true and uses only what the question and earlier steps give; None: not judged."""
    fault: str = ""
    """What is wrong with it where it does not hold."""
    logprob: float
    """Natural log-probability of the step's tokens under the decoder."""


class Solution(Record):
    """What `reasoner solve` gives back."""

    question: str
    steps: tuple[SolvedStep, ...]
    answer: str
    """Empty where the student found none, or where there is a doubt."""
    doubt: str = ""
    """Why what the steps end in is no answer: the student has not understood the question, or a step is not true."""
    guess: str = ""
    """What the steps end in, whether or not it is an answer."""
    checkpoint: str
    mode: Mode
    seconds: float
