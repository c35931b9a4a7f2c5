"""Calls to a teacher or a judge, and what the check makes of what a teacher wrote."""

from typing import Literal

from pydantic import Field

from reasoner.types.problem import Problem
from reasoner.types.record import Record
from reasoner.types.text import StoredText


class WrittenProblem(Record):
    """A problem as the teacher wrote it: text only, nothing believed yet."""

    question: StoredText
    steps: list[StoredText]
    answer: StoredText


class Lesson(Record):
    """The JSON a teacher answers with; also the `response_format` sent to providers."""

    critique: StoredText = Field(description="what the student got wrong, in one or two sentences")
    steps: list[StoredText] = Field(description="worked solution, one equation a step, such as 12+7=19")
    answer: StoredText = Field(description="the final number; empty if the problem cannot be solved")
    problems: list[WrittenProblem] = Field(default_factory=list, description="new similar problems, worked")


class TeacherRequest(Record):
    """One failure to be taught. `sample` tells repeated questions apart."""

    problem: Problem
    """Its answer and steps never enter the prompt."""
    attempt_steps: tuple[str, ...]
    attempt_answer: str
    new_problems: int
    sample: int = 0


CallState = Literal["reserved", "done", "failed", "lost"]
"""`lost`: the process died or the wait ran out after the request went out; its reservation stays spent."""


Purpose = Literal["teach", "judge", "benchmark"]
"""What requests are paid for."""


class Call(Record):
    """One request to a model and what came of it, but for the answer. A failed call is data."""

    id: str
    """16 hex digits, the hash of model, messages, parameters and sample: also the cache key."""
    model: str
    problem_id: str
    state: CallState
    cached: bool
    error: StoredText
    prompt_tokens: int
    completion_tokens: int
    usd: float
    seconds: float
    requests: int
    """Requests sent for this call, retries and the repair included."""


class TeacherCall(Call):
    """A call for a lesson."""

    lesson: Lesson | None

    @property
    def answer(self) -> Lesson | None:
        """What was paid for."""
        return self.lesson


class Judgement(Record):
    """The JSON that a model answers with that judges; also the `response_format` sent to providers."""

    reason: StoredText = Field(description="why, in one sentence")
    verdict: Literal["right", "wrong"]


class JudgeCall(Call):
    """A call for a verdict."""

    judgement: Judgement | None

    @property
    def answer(self) -> Judgement | None:
        """What was paid for."""
        return self.judgement


class Verdict(Record):
    """Whether something a teacher wrote may teach, and why."""

    id: str
    teacher_call: str
    subject: Literal["solution", "problem"]
    question: str
    accepted: bool
    reason: str
    """One of the fixed words in `agents.judging`, such as `accepted`, `wrong answer`, `held-out structure`."""
