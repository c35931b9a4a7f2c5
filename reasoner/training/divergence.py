"""How far a student has moved from another: KL divergence of what their decoders would write, token by token.

Shapes: B problems, T steps, N real steps, L step tokens, V step vocabulary.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from reasoner.models.batches import pad_questions, pad_steps
from reasoner.models.student import Student
from reasoner.models.tokenizers import PAD
from reasoner.training.feed import Item

BATCH = 64


@torch.no_grad()
def expectations(student: Student, items: Sequence[Item]) -> list[Tensor]:
    """Log probabilities [tokens, V] of each batch's real tokens, each after what stands before it.

    Earlier steps are the worked ones, as the step encoder reads them; a latent variable is at its mean.
    """
    student.net.eval()
    return [_expected(student, items[at : at + BATCH]) for at in range(0, len(items), BATCH)]


def divergence(present: Sequence[Tensor], other: Sequence[Tensor]) -> float:
    """Mean KL(present || other) in nats a token, never below 0."""
    total = sum(float(F.kl_div(b, a, log_target=True, reduction="sum")) for a, b in zip(present, other, strict=True))
    return max(0.0, total / sum(len(a) for a in present))


def _expected(student: Student, items: Sequence[Item]) -> Tensor:
    net = student.net
    device = str(next(net.parameters()).device)
    question = pad_questions([item.question for item in items], device=device)
    steps_BTL = pad_steps([item.steps for item in items], device=device)
    B, T, L = steps_BTL.shape
    flat = steps_BTL.flatten(0, 1)
    index_N = (flat[:, 0] != PAD).nonzero()[:, 0]
    tokens_NL = flat[index_N]
    slots_NKD = net.step_encoder(tokens_NL)
    placed = slots_NKD.new_zeros(B * T, *slots_NKD.shape[1:]).index_copy(0, index_N, slots_NKD)
    earlier = placed.view(B, T, *slots_NKD.shape[1:])[:, :-1]
    states = net.question_encoder(question)
    predicted = net.predictor(earlier, states, question.mask_BL).flatten(0, 1)[index_N]
    logits_NLV = net.decoder(predicted, tokens_NL[:, : L - 1])
    return F.log_softmax(logits_NLV.float(), dim=-1)[tokens_NL != PAD].cpu()
