"""An answer to one question, with the steps that led to it, and what is told while it is looked for."""

from typing import Literal

from reasoner.types.problem import Mode
from reasoner.types.record import Record
from reasoner.types.search import SearchRound, SearchTrace


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
    trace: SearchTrace | None = None
    """All that was seen while it was looked for, where that was asked for."""


class RoundSeen(Record):
    """One step of a search has been looked for: every candidate, its scores, its fate."""

    event: Literal["round"] = "round"
    round: SearchRound


class StepTaken(Record):
    """A step of the solution."""

    event: Literal["step"] = "step"
    number: int
    """From 1."""
    step: SolvedStep


class Answered(Record):
    """The end: the whole solution."""

    event: Literal["answer"] = "answer"
    solution: Solution


SolveEvent = RoundSeen | StepTaken | Answered
"""What is told while a question is answered: rounds where there are any, then the steps, then the answer."""
