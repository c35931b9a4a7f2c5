"""The objective of one batch.

Shapes: B problems, T steps, N real steps, K slots, D width, L step tokens, V vocabulary.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from reasoner.models.batches import QuestionBatch
from reasoner.models.decoder import StepDecoder
from reasoner.models.encoders import PAD
from reasoner.models.student import LatentReasoner
from reasoner.training.recipe import Recipe, Stage


@dataclass(frozen=True)
class Losses:
    """The total and its parts, scalars."""

    total: Tensor
    latent: Tensor
    """Smooth L1 between predicted and target slots."""
    decode: Tensor
    """Cross-entropy of the decoder on predicted slots, nats a token."""
    autoencode: Tensor
    """The same on the slots of the step itself."""
    variance: Tensor
    """VICReg's hinge (arXiv:2105.04906): mean of max(0, 1 - std) over slot dimensions."""


def decode_loss(decoder: StepDecoder, slots_NKD: Tensor, tokens_NL: Tensor) -> Tensor:
    """Mean cross-entropy over real tokens. Short steps (every solution's last one) go apart, to save their padding."""
    L = tokens_NL.shape[1]
    short_N = (tokens_NL != PAD).sum(dim=1) <= L // 2
    total = slots_NKD.new_zeros(())
    for rows_N, length in ((short_N, L // 2), (~short_N, L)):
        index = rows_N.nonzero()[:, 0]
        if len(index):
            tokens = tokens_NL[index, :length]
            logits = decoder(slots_NKD[index], tokens[:, :-1])
            total = total + F.cross_entropy(logits.flatten(0, 1), tokens.flatten(), ignore_index=PAD, reduction="sum")
    return total / (tokens_NL != PAD).sum()


def variance_hinge(slots_NKD: Tensor) -> Tensor:
    """How far the std of each slot dimension over the batch falls short of 1."""
    if slots_NKD.shape[0] < 2:
        return slots_NKD.new_zeros(())
    return F.relu(1 - slots_NKD.flatten(1).std(dim=0)).mean()


def losses(net: LatentReasoner, question: QuestionBatch, steps_BTL: Tensor, *, recipe: Recipe, stage: Stage) -> Losses:
    """The objective of a batch at a stage."""
    B, T, _ = steps_BTL.shape
    flat = steps_BTL.flatten(0, 1)
    index_N = (flat[:, 0] != PAD).nonzero()[:, 0]
    tokens_NL = flat[index_N]
    # A third of a batch's steps are the same finishing step: each distinct text is encoded once.
    distinct_UL, which_N = torch.unique(tokens_NL, dim=0, return_inverse=True)
    distinct_UKD = net.step_encoder(distinct_UL)
    zero = distinct_UKD.new_zeros(())
    variance = variance_hinge(distinct_UKD)
    if stage == "decoder":
        autoencode = decode_loss(net.decoder, distinct_UKD, distinct_UL)
        return Losses(autoencode + recipe.variance_weight * variance, zero, zero, autoencode, variance)

    known = (distinct_UKD if stage == "joint" else distinct_UKD.detach())[which_N]
    K, D = known.shape[1:]
    placed = known.new_zeros(B * T, K, D).index_copy(0, index_N, known).view(B, T, K, D)
    states = net.question_encoder(question.tokens_BL, question.digits_MP)
    predicted = net.predictor(placed[:, :-1], states, question.mask_BL).flatten(0, 1)[index_N]
    with torch.no_grad():
        target = net.target_encoder(distinct_UL)[which_N]
    latent = F.smooth_l1_loss(predicted, target)
    if stage == "predictor":
        return Losses(latent, latent, zero, zero, variance)

    decode = decode_loss(net.decoder, predicted, tokens_NL)
    stride = max(1, round(1 / recipe.autoencode_share))
    autoencode = decode_loss(net.decoder, distinct_UKD[::stride], distinct_UL[::stride])
    total = (
        decode
        + recipe.latent_weight * latent
        + recipe.autoencode_weight * autoencode
        + recipe.variance_weight * variance
    )
    return Losses(total, latent, decode, autoencode, variance)
