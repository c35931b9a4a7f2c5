"""Step verifier: is this next step right, given the question and the steps before it? It never sees the answer.

It begins as a copy of the student that reads the question again, expects a latent of its own for the next step, and is
asked how well the decoded words fit it. From there it learns on the student's own right and wrong attempts, so that it
disagrees with the student where the student goes wrong. A verifier of fresh weights that looks from the words of a step
to the question learns the same far slower (docs/lab-book.md).

Shapes: B questions, N partial solutions, M steps to be judged, T steps before, L question or step tokens, K slots,
D width, F signs.
"""

import copy
import math
from dataclasses import replace
from typing import TypeVar

import torch
from torch import Tensor, nn

from reasoner.models.batches import QuestionBatch
from reasoner.models.decoder import StepDecoder, Writer, token_logprobs
from reasoner.models.encoders import QuestionEncoder
from reasoner.models.network import LatentReasoner
from reasoner.models.student import Student

_Part = TypeVar("_Part", bound=nn.Module)

SIGNS = ("own log-probability", "own log-probability of the least likely token", "the student's", "round trip")
LEAST = -30.0
"""Log-probabilities below it are all alike."""
FIRST_BELIEF = math.log(0.12 / 0.88)
"""Logit that a step without a sign against it begins with: most of what a search proposes is wrong."""
FIRST_SLOPE = 0.5


class StepVerifier(nn.Module):
    """Logit that a step is right if all before it are."""

    def __init__(self, student: LatentReasoner) -> None:
        """Parts of the student that began from scratch are copied; pretrained ones are shared and stay as they are."""
        super().__init__()
        self._student = (student,)
        self.question_encoder = _own(student.question_encoder, QuestionEncoder)
        self.predictor = copy.deepcopy(student.predictor).requires_grad_(True)
        self.decoder = _own(student.decoder, StepDecoder)
        self.head = nn.Linear(len(SIGNS), 1)
        with torch.no_grad():
            self.head.weight.copy_(torch.tensor([[FIRST_SLOPE, 0.0, 0.0, 0.0]]))
            self.head.bias.fill_(FIRST_BELIEF)

    def as_student(self, student: Student) -> Student:
        """The student with this verifier's parts in the place of its own: what it would say by itself."""
        net = copy.deepcopy(student.net)
        net.question_encoder = self.question_encoder or net.question_encoder
        net.predictor = self.predictor
        net.decoder = self.decoder or net.decoder
        return replace(student, net=net.eval())

    def read(self, question: QuestionBatch) -> Tensor:
        """Its own states of the questions, [B, L, D]."""
        encoder = self.question_encoder or self._student[0].question_encoder
        return encoder(question)

    def expect(self, history_NTKD: Tensor, states_NLD: Tensor, mask_NL: Tensor) -> Tensor:
        """Slots that it expects of steps 0..T, [N, T+1, K, D]."""
        return self.predictor(history_NTKD, states_NLD, mask_NL)

    @property
    def writer(self) -> Writer:
        """Says what it expects: its own decoder, or the pretrained one that it shares with the student."""
        return self.decoder or self._student[0].decoder

    def token_logprobs(self, expected_MKD: Tensor, tokens_ML: Tensor) -> Tensor:
        """Log-probability of each token under the slots that it expects, [M, L]; 0 where there is none."""
        return token_logprobs(self.writer, expected_MKD, tokens_ML)

    def forward(self, logprob_ML: Tensor, said_M: Tensor, round_trip_M: Tensor) -> Tensor:
        """Logits [M].

        Args:
            logprob_ML: of `token_logprobs`.
            said_M: log-probability of the step under the student's own slots.
            round_trip_M: mean squared distance of those from the re-encoded step.
        """
        signs = (logprob_ML.sum(dim=1), logprob_ML.min(dim=1).values, said_M)
        signs_MF = torch.stack([*(sign.clamp(min=LEAST) for sign in signs), round_trip_M], dim=1)
        return self.head(signs_MF)[:, 0]


def _own(part: _Part, scratch: type[nn.Module]) -> _Part | None:
    """A copy to be trained; None for a part with pretrained weights, which is shared."""
    return copy.deepcopy(part).requires_grad_(True) if isinstance(part, scratch) else None
