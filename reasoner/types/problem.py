"""Problems and what the student makes of them."""

from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from reasoner.types.record import Record

Outcome = Literal["right", "wrong", "error"]
"""`error` is the checker's own failure: never counted as right, never as wrong."""

Split = Literal["practice", "gate", "sealed"]
Mode = Literal["talk", "think"]


class Provenance(Record):
    """Where a problem comes from; enough to make it again."""

    generator: str
    """`math` for the procedural domain, `file:<name>` for a user's rows, `teacher:<model>` for a teacher's."""
    version: str
    seed: int
    parameters: dict[str, Any]
    license: str = "generated"


class Problem(Record):
    """One question with a worked solution, if there is one, and its answer."""

    id: str
    domain: str
    skill: str
    difficulty: int
    """Number of steps of the worked solution, 1 or more."""
    question: str
    steps: tuple[str, ...]
    """Equations such as `12+7=19`, in an order in which each can be computed."""
    answer: str
    """Empty where nobody knows it."""
    structure: str
    """16 hex digits: the question without its names and numbers, and the shape of its steps."""
    provenance: Provenance
    material: dict[str, Any] = Field(default={})
    """What the checker needs beside the answer: choices, accepted answers, tests. Never in a prompt."""
    split: Split | None = None
    """As it was published; None where the structure decides."""


class Attempt(Record):
    """One try of the student at one problem."""

    problem_id: str
    mode: Mode
    steps: tuple[str, ...]
    answer: str
    outcome: Outcome
    skill: str
    difficulty: int
    logprob: float = 0.0
    """Natural log-probability of the decoded tokens under the decoder, summed over steps."""
    false_steps: int | None = 0
    """Steps that are not true, or use what neither the question nor an earlier step gives; None: not judged."""
    score: float | None = Field(default=None, ge=0, le=1)
    """What a graded task gives; None where it is 1 for right and 0 for all else."""
    reason: str = ""
    """What the checker said, where the outcome alone does not say it."""

    @model_serializer(mode="wrap")
    def _as_ever(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without score and reason where there are none: the sums of kept files stay what they were."""
        written = handler(self)
        for name in ("score", "reason"):
            if not written.get(name) and written.get(name) != 0:
                written.pop(name, None)
        return written

    @property
    def correct(self) -> bool:
        """Right, and nothing less."""
        return self.outcome == "right"
