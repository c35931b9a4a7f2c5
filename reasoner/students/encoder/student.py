"""The encoder student behind the port: it says one of the labels that it has learnt.

Shapes: N questions, H width of the encoder, C labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reasoner.students.encoder.head import Head
from reasoner.students.encoder.reader import QuestionReader
from reasoner.types.problem import Mode
from reasoner.types.student import Solved


@dataclass(frozen=True)
class EncoderStudent:
    """A frozen encoder with a head."""

    reader: QuestionReader
    head: Head
    sure: float = 0.0
    """An answer that it believes less than so is doubted: the question may be of none of its labels."""

    @property
    def kind(self) -> str:
        """Its name in `reasoner.students`."""
        return "encoder"

    @property
    def modes(self) -> tuple[Mode, ...]:
        """It says its label, and that is all."""
        return ("talk",)

    def solve(self, questions: Sequence[str], mode: Mode = "talk") -> list[Solved]:  # noqa: ARG002 (it has one)
        """The likeliest label of each as its only step; `logprobs` holds the logarithm of its calibrated chance."""
        if not questions:
            return []
        best = self.head.log_chances(self.reader.vectors(questions)).max(dim=-1)
        found = zip(best.values.tolist(), best.indices.tolist(), strict=True)
        return [Solved((self.head.labels[at],), (value,), finished=True) for value, at in found]

    def embed(self, questions: Sequence[str]) -> np.ndarray:
        """Unit vectors of the encoder, whatever the head has learnt."""
        return self.reader.vectors(questions).numpy()

    def margins(self, questions: Sequence[str]) -> np.ndarray:
        """Chance of the likeliest label less that of the next one, [N]."""
        if not questions:
            return np.zeros(0)
        best = self.head.log_chances(self.reader.vectors(questions)).exp().topk(2, dim=-1).values
        return (best[:, 0] - best[:, 1]).numpy()

    def cuts(self, questions: Sequence[str]) -> Sequence[bool]:
        """Whether each question loses its beginning: the end is read."""
        return self.reader.cuts(questions)

    def doubts(self, question: str, solved: Solved) -> str:  # noqa: ARG002 (its chance says it all)
        """Why an answer cannot be believed; empty where nothing speaks against it."""
        chance = float(np.exp(solved.logprobs[0])) if solved.logprobs else 0.0
        if chance >= self.sure:
            return ""
        many = len(self.head.labels)
        return f"not sure: it may be none of the {many} labels; the likeliest has a chance of {chance:.0%}"
