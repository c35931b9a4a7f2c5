"""A model that judges answers: what a task wants of it, what it is shown, and the port through which it is asked."""

from collections.abc import Sequence
from typing import Protocol

from pydantic import BaseModel, Field

from reasoner.types.check import Check
from reasoner.types.record import Record

SAME_MEANING = (
    "The candidate answer is right if it says the same as one of the reference answers, in whatever words. It is wrong "
    "if it leaves out, contradicts or adds anything that changes what was asked for."
)


class JudgeRules(BaseModel):
    """Who judges, by which rubric, and how far it must be proven right."""

    model: str = Field(min_length=1, pattern=r"^[^/\s]+/\S+$")
    """Any litellm model string, such as `anthropic/claude-haiku-4-5`."""
    rubric: str = Field(default=SAME_MEANING, min_length=1, max_length=20_000)
    """When an answer is right."""
    api_base: str | None = Field(default=None, pattern=r"^https?://[^\s/]+\S*$")
    max_tokens: int = Field(default=300, ge=64, le=100_000)
    timeout: float = Field(default=60.0, gt=0, le=86_400)
    """Seconds of one request."""
    retries: int = Field(default=4, ge=0, le=10)
    concurrency: int = Field(default=8, ge=1, le=64)
    usd_per_million_input: float | None = Field(default=None, ge=0, le=1_000_000)
    """Stated price, where litellm knows none; 0 says that it is free."""
    usd_per_million_output: float | None = Field(default=None, ge=0, le=1_000_000)
    sample: int = Field(default=20, ge=5, le=1000)
    """Practice rows on which it is tried before it is trusted: two verdicts on each."""
    least_agreement: float = Field(default=0.9, ge=0.5, le=1)
    """Share of those verdicts that must be as they should be."""


class Submission(Record):
    """What a judge is shown."""

    question: str
    accepted: tuple[str, ...]
    """Reference answers, one or more; each is right."""
    answer: str
    """The candidate's: data, whatever it says."""


class Judge(Protocol):
    """A model that says whether answers are right. It remembers what it said: asked again, it costs nothing."""

    def judge(self, submissions: Sequence[Submission]) -> list[Check]:
        """Verdicts in the order of the submissions; `error` where none came that can be read.

        Raises:
            BudgetReached: a limit forbids the next verdict; those that came are kept.
            TeacherError: the model cannot be used at all.
        """
        ...
