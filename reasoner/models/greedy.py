"""Greedy solving, batched: predict the next latent, decode it, take it (think) or its re-read text (talk), go on.

Shapes: B problems, N steps, K slots, D width, L tokens.
"""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from reasoner.models.backbones import BackboneReader
from reasoner.models.batches import QuestionBatch, pad_questions
from reasoner.models.decoder import write
from reasoner.models.network import LatentReasoner, pooled
from reasoner.models.shape import Shape
from reasoner.models.tokenizers import FINISH, QuestionTokenizer, StepTokenizer
from reasoner.types.problem import Mode
from reasoner.types.student import Alter, Solved, Thoughts

BATCH = 256


class Thinker(Protocol):
    """What of a latent student solving needs."""

    @property
    def net(self) -> LatentReasoner:
        """Ready for inference."""
        ...

    @property
    def shape(self) -> Shape:
        """Sizes."""
        ...

    @property
    def reads(self) -> QuestionTokenizer | BackboneReader:
        """Of questions."""
        ...

    @property
    def writes(self) -> StepTokenizer:
        """Of steps."""
        ...


def leave(slots_NKD: Tensor, *, step: int, questions_N: Tensor) -> Tensor:  # noqa: ARG001 (an `Alter`)
    """The `Alter` that changes nothing."""
    return slots_NKD


class _Rollout:
    """One batch on its way; rows that have finished leave the computation."""

    def __init__(
        self,
        student: Thinker,
        batch: QuestionBatch,
        mode: Mode,
        *,
        places: Sequence[int],
        alter: Alter,
        alter_history: Alter,
    ) -> None:
        self.student, self.mode = student, mode
        self.places_B = torch.tensor(places)
        self.alter, self.alter_history = alter, alter_history
        self.mask_BL = batch.mask_BL
        self.states_BLD = student.net.question_encoder(batch)
        B, shape = batch.tokens_BL.shape[0], student.shape
        self.previous_BTKD = self.states_BLD.new_zeros(B, 0, shape.slots, shape.width)
        self.rows = torch.arange(B, device=self.states_BLD.device)
        self.texts: list[list[str]] = [[] for _ in range(B)]
        self.scores: list[list[float]] = [[] for _ in range(B)]
        self.finished = [False] * B

    def advance(self) -> None:
        """One step for every row that goes on."""
        net = self.student.net
        step, places = self.previous_BTKD.shape[1], self.places_B[self.rows.cpu()]
        slots = net.predictor(self.previous_BTKD, self.states_BLD, self.mask_BL)[:, -1]
        slots = self.alter(slots, step=step, questions_N=places)
        written = write(net.decoder, slots)
        over = written.tokens_NL[:, 0] == FINISH
        for i, row in enumerate(self.rows.tolist()):
            self.scores[row].append(float(written.logprob_N[i]))
            if over[i]:
                self.finished[row] = True
            else:
                self.texts[row].append(self.student.writes.decode(written.tokens_NL[i].tolist()))
        taken = slots if self.mode == "think" else net.step_encoder(written.tokens_NL)
        taken = self.alter_history(taken, step=step, questions_N=places)
        keep = ~over
        self.previous_BTKD = torch.cat([self.previous_BTKD, taken[:, None]], dim=1)[keep]
        self.states_BLD, self.mask_BL = self.states_BLD[keep], self.mask_BL[keep]
        self.rows = self.rows[keep]


@torch.inference_mode()
def solve(
    student: Thinker,
    questions: Sequence[str],
    mode: Mode = "talk",
    *,
    alter: Alter = leave,
    alter_history: Alter = leave,
) -> list[Solved]:
    """Solves questions greedily, batched by length; results in the order given.

    Args:
        student: ready for inference.
        questions: in plain language.
        mode: `talk` or `think`.
        alter: for audits: applied to each step's predicted slots before they are decoded.
        alter_history: for audits: applied to each step's slots before the next step sees them.
    """
    encoded = student.reads.encode(questions)
    order = sorted(range(len(questions)), key=lambda i: len(encoded[i].ids))
    results: dict[int, Solved] = {}
    device = str(next(student.net.parameters()).device)
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        batch = pad_questions([encoded[i] for i in chosen], device=device)
        rollout = _Rollout(student, batch, mode, places=chosen, alter=alter, alter_history=alter_history)
        for _ in range(student.shape.max_steps):
            if not len(rollout.rows):
                break
            rollout.advance()
        for row, i in enumerate(chosen):
            results[i] = Solved(tuple(rollout.texts[row]), tuple(rollout.scores[row]), rollout.finished[row])
    return [results[i] for i in range(len(questions))]


def solve_aloud(student: Thinker, questions: Sequence[str], mode: Mode) -> tuple[list[Solved], Thoughts]:
    """As `solve`, with what passed by."""
    width = student.shape.width
    first_QD, last_QD = torch.zeros(len(questions), width), torch.zeros(len(questions), width)

    def watch(slots_NKD: Tensor, *, step: int, questions_N: Tensor) -> Tensor:
        mean_ND = slots_NKD.mean(1).float().cpu()
        if step == 0:
            first_QD[questions_N] = mean_ND
        last_QD[questions_N] = mean_ND
        return slots_NKD

    solved = solve(student, questions, mode, alter=watch)
    return solved, Thoughts(first_QD.numpy(), last_QD.numpy())


@torch.inference_mode()
def embed_questions(student: Thinker, questions: Sequence[str]) -> Tensor:
    """One unit vector a question, [B, D] on the CPU."""
    if not questions:
        return torch.zeros(0, student.shape.width)
    device = str(next(student.net.parameters()).device)
    encoded = student.reads.encode(questions)
    order = sorted(range(len(questions)), key=lambda i: len(encoded[i].ids))
    vectors = torch.zeros(len(questions), student.shape.width)
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        batch = pad_questions([encoded[i] for i in chosen], device=device)
        states = student.net.question_encoder(batch)
        vectors[chosen] = pooled(states, batch.mask_BL).cpu()
    return vectors
