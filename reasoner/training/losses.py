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
from reasoner.models.network import LatentReasoner
from reasoner.models.predictor import StepPredictor
from reasoner.models.tokenizers import PAD
from reasoner.training.recipe import Recipe, Stage
from reasoner.training.regularisers import contrastive, covariance, sigreg, variance_hinge

ROWS = 8
"""Steps go to encoder and decoder in multiples of it: a matrix library plans its products anew for each size."""

WORTH_A_CALL = 1024
"""Positions of padding that cost more than another call of the decoder: a nano batch has some 300, ProsQA's 1,500."""


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

    *earlier, predicted = _predict(
        net, question, steps, steps_BTL.shape, own=own, recipe=recipe, stage=stage, noise=noise
    )
    with torch.no_grad():
        target = net.target_encoder(_filled(steps.distinct_UL))[steps.which_N]
    informed = net.informed(predicted, target, noise=noise)
    predicted = informed.slots_NKD
    latent = distance(predicted, target, weigh.latent)
    cost = weigh.latent_variable_weight * informed.divergence
    if stage == "predictor":
        return Losses(latent + cost, latent, zero, zero, variance)

    decode, autoencode = _decoding(net, steps, predicted, weigh, noise)
    total = (
        decode
        + weigh.spell_weight * _spelling(net, steps, predicted)
        + cost
        + weigh.latent_weight * latent
        + weigh.autoencode_weight * autoencode
        + weigh.variance_weight * variance
        + _apart(weigh, steps, predicted, target, noise)
        + weigh.pass_weight * sum(_judged(net, steps, p, target, weigh) for p in earlier)
    )
    if net.anchor is not None:
        total = total + weigh.anchor_weight * net.anchor(predicted, _filled(steps.distinct_UL), steps.which_N)
    return Losses(total, latent, decode, autoencode, variance)


def decode_loss(
    decoder: Writer,
    slots_NKD: Tensor,
    tokens_NL: Tensor,
    *,
    dropout: float = 0.0,
    noise: torch.Generator | None = None,
) -> Tensor:
    """Mean cross-entropy over real tokens.

    Args:
        decoder: writes a step from its slots.
        slots_NKD: of each step.
        tokens_NL: its text.
        dropout: share of input tokens that the decoder does not see (they read as padding).
        noise: draws them.
    """
    seen_NL = _hidden(tokens_NL, dropout, noise)
    return _mean(_said(decoder, slots_NKD, seen_NL, tokens_NL), tokens_NL)


def _said(decoder: Writer, slots_NKD: Tensor, seen_NL: Tensor, tokens_NL: Tensor) -> Tensor:
    """Cross-entropy of each step's text, [N]. Short steps go apart where much padding is saved by that."""
    L = tokens_NL.shape[1]
    short_N = (tokens_NL != PAD).sum(dim=1) <= L // 2
    apart = int(short_N.sum()) * (L - L // 2) >= WORTH_A_CALL
    groups = [(short_N, L // 2), (~short_N, L)] if apart else [(torch.ones_like(short_N), L)]
    indices, found = list[Tensor](), list[Tensor]()
    for rows_N, length in groups:
        index = rows_N.nonzero()[:, 0]
        if len(index):
            filled = _filled(index)
            logits = decoder(slots_NKD[filled], seen_NL[filled, : length - 1])[: len(index)]
            said = tokens_NL[index, :length].flatten()
            cost = F.cross_entropy(logits.flatten(0, 1), said, ignore_index=PAD, reduction="none")
            indices.append(index)
            found.append(cost.view(len(index), length).sum(dim=1))
    return torch.cat(found)[torch.cat(indices).argsort()]


def _mean(said_N: Tensor, tokens_NL: Tensor) -> Tensor:
    """Nats a token."""
    return said_N.sum() / (tokens_NL != PAD).sum()


def _hidden(tokens_NL: Tensor, share: float, noise: torch.Generator | None) -> Tensor:
    if not share:
        return tokens_NL
    return tokens_NL.masked_fill(torch.rand(tokens_NL.shape, generator=noise).to(tokens_NL.device) < share, PAD)


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
    distinct_UKD = net.step_encoder(_filled(distinct_UL))[: len(distinct_UL)]
    return _Steps(flat[index_N], distinct_UL, which_N, index_N, distinct_UKD)


def _filled(rows: Tensor) -> Tensor:
    """Rows up to a multiple of `ROWS`: the first one is repeated."""
    return torch.cat([rows, rows[:1].expand(-len(rows) % ROWS, *rows.shape[1:])])


def _predict(
    net: LatentReasoner,
    question: QuestionBatch,
    steps: _Steps,
    shape: torch.Size,
    *,
    own: float,
    recipe: Recipe,
    stage: Stage,
    noise: torch.Generator,
) -> list[Tensor]:
    """Predicted slots [N, K, D]; a share `own` of the problems sees the predictor's own latents as earlier steps.

    Those of earlier passes stand before them, if they are to be judged.
    """
    B, T = shape[:2]
    known = steps.slots_NKD if stage == "joint" else steps.slots_NKD.detach()
    K, D = known.shape[1:]
    placed = known.new_zeros(B * T, K, D).index_copy(0, steps.index_N, known).view(B, T, K, D)[:, :-1]
    states = net.question_encoder(question)
    if own and stage == "joint" and T > 1:
        chosen = own_problems(B, own, noise).to(states.device)
        if len(chosen):
            first = net.predictor(placed[chosen, :-1], states[chosen], question.mask_BL[chosen])
            placed = placed.index_copy(0, chosen, first)
    given = placed, states, question.mask_BL
    if recipe.loss.pass_weight and isinstance(net.predictor, StepPredictor):
        rounds = net.predictor.rounds(*given)
    else:
        rounds = [net.predictor(*given)]
    return [slots.flatten(0, 1)[steps.index_N] for slots in rounds]


def own_problems(problems: int, share: float, noise: torch.Generator) -> Tensor:
    """Which of a batch's problems go on from own latents: the share on average, and nearly as many each time.

    A matrix library plans its products anew for each number of rows.
    """
    many = int(share * problems + float(torch.rand((), generator=noise)))
    return torch.randperm(problems, generator=noise)[:many]


def _judged(
    net: LatentReasoner, steps: _Steps, predicted_NKD: Tensor, target_NKD: Tensor, weigh: LossSettings
) -> Tensor:
    """What an earlier pass of the predictor is worth: distance and spelling, without the decoder's price."""
    spelt = weigh.spell_weight * _spelt(net, predicted_NKD, steps.tokens_NL)
    return weigh.latent_weight * distance(predicted_NKD, target_NKD, weigh.latent) + spelt


def _decoding(
    net: LatentReasoner, steps: _Steps, predicted_NKD: Tensor, weigh: LossSettings, noise: torch.Generator
) -> tuple[Tensor, Tensor]:
    """`decode_loss` of predicted slots, and of a share of the steps' own: the decoder is called once for both."""
    stride = max(1, round(1 / weigh.autoencode_share))
    slots = torch.cat([predicted_NKD, steps.distinct_UKD[::stride]])
    own_ML, N = steps.distinct_UL[::stride], len(predicted_NKD)
    seen = torch.cat([_hidden(steps.tokens_NL, weigh.token_dropout, noise), own_ML])
    said = _said(net.decoder, slots, seen, torch.cat([steps.tokens_NL, own_ML]))
    return _mean(said[:N], steps.tokens_NL), _mean(said[N:], own_ML)


def _spelling(net: LatentReasoner, steps: _Steps, predicted_NKD: Tensor) -> Tensor:
    """How badly steps are spelt from predicted slots, and half as much from their own; nothing without a speller."""
    own = _spelt(net, steps.distinct_UKD, steps.distinct_UL)
    return _spelt(net, predicted_NKD, steps.tokens_NL) + 0.5 * own


def _spelt(net: LatentReasoner, slots_NKD: Tensor, tokens_NL: Tensor) -> Tensor:
    if net.speller is None:
        return slots_NKD.new_zeros(())
    logits = net.speller(slots_NKD, tokens_NL.shape[1])
    return F.cross_entropy(logits.flatten(0, 1), tokens_NL.flatten(), ignore_index=PAD)


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
