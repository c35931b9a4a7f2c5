"""The predictor beside predictors that know nothing of the question: a small loss is not learning.

Shapes: N steps, K slots, D width.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F

from reasoner.diagnostics.latents import Latents
from reasoner.models.layers import normalise


@dataclass(frozen=True)
class Guess:
    """One way to say what a step's slots will be."""

    name: str
    slots_NKD: Tensor
    """What the decoder is given."""
    smooth_l1: float
    """Mean smooth-L1 distance to the target slots."""
    cosine: float
    """Mean of 1 - cosine similarity to the target slots, 0 to 2."""


def guesses(latents: Latents, train: Latents, *, seed: int) -> list[Guess]:
    """The predictor, and what it must beat.

    Args:
        latents: steps to be predicted; those without a step before should be left out, since copy-last has none.
        train: steps whose mean is the constant guess.
        seed: of the order in which targets are shuffled.
    """
    target = latents.target_NKD
    mean = train.target_NKD.mean(dim=0, keepdim=True).expand_as(target)
    order = torch.randperm(len(target), generator=torch.Generator().manual_seed(seed))
    return [
        _guess("predictor", latents.predicted_NKD, target),
        _guess("copy of the step before", latents.previous_NKD, target),
        # The bare mean is the best constant; only for decoding it must lie where latents lie.
        replace(_guess("mean of training steps", mean, target), slots_NKD=normalise(mean)),
        _guess("predictor, targets shuffled", latents.predicted_NKD, target[order]),
    ]


def _guess(name: str, slots_NKD: Tensor, target_NKD: Tensor) -> Guess:
    cosine = 1 - F.cosine_similarity(slots_NKD, target_NKD, dim=-1).mean()
    return Guess(name, slots_NKD, float(F.smooth_l1_loss(slots_NKD, target_NKD)), float(cosine))
