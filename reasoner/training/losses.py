"""The objective of one batch.

Shapes: B problems, T steps, N real steps, U distinct steps, K slots, D width, L step tokens.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from reasoner.config.settings import LossSettings
from reasoner.models.batches import QuestionBatch
from reasoner.models.decoder import Writer
from reasoner.models.student import LatentReasoner
from reasoner.models.tokenizers import PAD
from reasoner.training.recipe import Recipe, Stage
from reasoner.training.regularisers import contrastive, covariance, sigreg, variance_hinge


@dataclass(frozen=True)
class Losses:
    """The total and its parts, scalars."""

    total: Tensor
    latent: Tensor
    """Distance of predicted from target slots."""
    decode: Tensor
    """Cross-entropy of the decoder on predicted slots, nats a token."""
    autoencode: Tensor
    """The same on the slots of the step itself."""
    variance: Tensor


@dataclass(frozen=True)
class _Steps:
    """The steps of a batch, each distinct text encoded once: a third of all are the same finishing step."""

    tokens_NL: Tensor
    distinct_UL: Tensor
    which_N: Tensor
    """Row of `distinct_UL` of each step."""
    index_N: Tensor
    """Place of each step among the B * T."""
    distinct_UKD: Tensor

    @property
    def slots_NKD(self) -> Tensor:
        return self.distinct_UKD[self.which_N]


def losses(
    net: LatentReasoner,
    question: QuestionBatch,
    steps_BTL: Tensor,
    *,
    recipe: Recipe,
    stage: Stage,
    noise: torch.Generator,
    own: float = 0.0,
) -> Losses:
    """The objective of a batch at a stage.

    Args:
        net: the network.
        question: of the batch.
        steps_BTL: its solutions.
        recipe: weighs the terms.
        stage: leaves some out.
        noise: all randomness, on the CPU.
        own: share of the problems that go on from the predictor's own latents.
    """
    weigh, steps = recipe.loss, _encode(net, steps_BTL)
    zero = steps.distinct_UKD.new_zeros(())
    variance = variance_hinge(steps.distinct_UKD)
    if stage == "decoder":
        autoencode = decode_loss(net.decoder, steps.distinct_UKD, steps.distinct_UL)
        return Losses(autoencode + weigh.variance_weight * variance, zero, zero, autoencode, variance)

    predicted = _predict(net, question, steps, steps_BTL.shape, own=own, stage=stage, noise=noise)
    with torch.no_grad():
        target = net.target_encoder(steps.distinct_UL)[steps.which_N]
    informed = net.informed(predicted, target, noise=noise)
    predicted = informed.slots_NKD
    latent = distance(predicted, target, weigh.latent)
    cost = weigh.latent_variable_weight * informed.divergence
    if stage == "predictor":
        return Losses(latent + cost, latent, zero, zero, variance)

    decode = decode_loss(net.decoder, predicted, steps.tokens_NL, dropout=weigh.token_dropout, noise=noise)
    stride = max(1, round(1 / weigh.autoencode_share))
    autoencode = decode_loss(net.decoder, steps.distinct_UKD[::stride], steps.distinct_UL[::stride])
    total = (
        decode
        + weigh.spell_weight * _spelling(net, steps, predicted)
        + cost
        + weigh.latent_weight * latent
        + weigh.autoencode_weight * autoencode
        + weigh.variance_weight * variance
        + _apart(weigh, steps, predicted, target, noise)
    )
    return Losses(total, latent, decode, autoencode, variance)


def decode_loss(
    decoder: Writer,
    slots_NKD: Tensor,
    tokens_NL: Tensor,
    *,
    dropout: float = 0.0,
    noise: torch.Generator | None = None,
) -> Tensor:
    """Mean cross-entropy over real tokens. Short steps (every solution's last one) go apart, to save their padding.

    Args:
        decoder: writes a step from its slots.
        slots_NKD: of each step.
        tokens_NL: its text.
        dropout: share of input tokens that the decoder does not see (they read as padding).
        noise: draws them.
    """
    L = tokens_NL.shape[1]
    seen_NL = tokens_NL
    if dropout:
        hidden = torch.rand(tokens_NL.shape, generator=noise).to(tokens_NL.device) < dropout
        seen_NL = tokens_NL.masked_fill(hidden, PAD)
    short_N = (tokens_NL != PAD).sum(dim=1) <= L // 2
    total = slots_NKD.new_zeros(())
    for rows_N, length in ((short_N, L // 2), (~short_N, L)):
        index = rows_N.nonzero()[:, 0]
        if len(index):
            logits = decoder(slots_NKD[index], seen_NL[index, : length - 1])
            said = tokens_NL[index, :length].flatten()
            total = total + F.cross_entropy(logits.flatten(0, 1), said, ignore_index=PAD, reduction="sum")
    return total / (tokens_NL != PAD).sum()


def distance(predicted_NKD: Tensor, target_NKD: Tensor, kind: str) -> Tensor:
    """Mean distance of slots: `smooth_l1`, `l2` (halved, as smooth_l1 is near 0) or `cosine` (1 - cosine)."""
    if kind == "cosine":
        return 1 - F.cosine_similarity(predicted_NKD, target_NKD, dim=-1).mean()
    if kind == "l2":
        return 0.5 * F.mse_loss(predicted_NKD, target_NKD)
    return F.smooth_l1_loss(predicted_NKD, target_NKD)


def _encode(net: LatentReasoner, steps_BTL: Tensor) -> _Steps:
    flat = steps_BTL.flatten(0, 1)
    index_N = (flat[:, 0] != PAD).nonzero()[:, 0]
    distinct_UL, which_N = torch.unique(flat[index_N], dim=0, return_inverse=True)
    return _Steps(flat[index_N], distinct_UL, which_N, index_N, net.step_encoder(distinct_UL))


def _predict(
    net: LatentReasoner,
    question: QuestionBatch,
    steps: _Steps,
    shape: torch.Size,
    *,
    own: float,
    stage: Stage,
    noise: torch.Generator,
) -> Tensor:
    """Predicted slots [N, K, D]; a share `own` of the problems sees the predictor's own latents as earlier steps."""
    B, T = shape[:2]
    known = steps.slots_NKD if stage == "joint" else steps.slots_NKD.detach()
    K, D = known.shape[1:]
    placed = known.new_zeros(B * T, K, D).index_copy(0, steps.index_N, known).view(B, T, K, D)[:, :-1]
    states = net.question_encoder(question.tokens_BL, question.digits_MP)
    if own and stage == "joint" and T > 1:
        chosen = (torch.rand(B, generator=noise).to(states.device) < own).nonzero()[:, 0]
        if len(chosen):
            first = net.predictor(placed[chosen, :-1], states[chosen], question.mask_BL[chosen])
            placed = placed.index_copy(0, chosen, first)
    return net.predictor(placed, states, question.mask_BL).flatten(0, 1)[steps.index_N]


def _spelling(net: LatentReasoner, steps: _Steps, predicted_NKD: Tensor) -> Tensor:
    """How badly steps are spelt from predicted slots, and half as much from their own; nothing without a speller."""
    if net.speller is None:
        return predicted_NKD.new_zeros(())
    pairs = ((1.0, predicted_NKD, steps.tokens_NL), (0.5, steps.distinct_UKD, steps.distinct_UL))
    total = predicted_NKD.new_zeros(())
    for weight, slots, tokens in pairs:
        logits = net.speller(slots, tokens.shape[1])
        total = total + weight * F.cross_entropy(logits.flatten(0, 1), tokens.flatten(), ignore_index=PAD)
    return total


def _apart(
    weigh: LossSettings, steps: _Steps, predicted_NKD: Tensor, target_NKD: Tensor, noise: torch.Generator
) -> Tensor:
    """The weighted terms that keep latents apart, those of weight 0 not computed."""
    total = predicted_NKD.new_zeros(())
    if weigh.covariance_weight:
        total = total + weigh.covariance_weight * covariance(steps.distinct_UKD)
    if weigh.sigreg_weight:
        total = total + weigh.sigreg_weight * sigreg(steps.distinct_UKD, noise=noise)
    if weigh.contrastive_weight:
        total = total + weigh.contrastive_weight * contrastive(predicted_NKD, target_NKD, steps.which_N)
    return total
