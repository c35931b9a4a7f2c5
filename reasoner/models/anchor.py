"""Predicts, besides the learnt target, a frozen random encoding of the next step, in training only.

A learnt target may drop what is hard to predict; a random encoder that never learns keeps all of a step's text, so that
values stay in the latents (TextJEPA reports planning up from .35 to .62 with it).

Shapes: N steps, U distinct steps, K slots, D width, L tokens.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reasoner.models.encoders import StepEncoder
from reasoner.models.layers import normalise
from reasoner.models.word_slots import WordSlotEncoder


class Anchor(nn.Module):
    """A random step encoder that stays as it is, and one learnt map from predicted slots to its slots."""

    def __init__(self, encoder: StepEncoder | WordSlotEncoder, *, width: int) -> None:
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        self.head = nn.Linear(width, width)

    def forward(self, predicted_NKD: Tensor, distinct_UL: Tensor, which_N: Tensor) -> Tensor:
        """Mean smooth-L1 distance of predicted slots from the random encoding of `distinct_UL[which_N]`."""
        with torch.no_grad():
            target = self.encoder(distinct_UL)[which_N]
        return F.smooth_l1_loss(normalise(self.head(predicted_NKD)), target)
