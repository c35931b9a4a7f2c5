"""Reads all tokens of a step off its slots at once, in training only.

The decoder computes the right side of an equation from the left side that it has just written, so nothing makes the
*predicted* latent hold the result: its digits could be read from 5% of them (docs/lab-book.md), and thinking without
words failed at the second step. The speller sees no tokens; what it can read, the latent holds.

Shapes: N steps, K slots, D width, L places of a step, V vocabulary.
"""

import torch
from torch import Tensor, nn


class Speller(nn.Module):
    """One gate for each place, slot and dimension, then one map to the vocabulary: hardly any weights of its own."""

    def __init__(self, vocabulary: int, *, width: int, slots: int, max_tokens: int) -> None:
        super().__init__()
        self.gate = nn.Parameter(0.25 + 0.1 * torch.randn(max_tokens, slots, width))
        self.head = nn.Linear(width, vocabulary)

    def forward(self, slots_NKD: Tensor, places: int) -> Tensor:
        """Logits [N, L, V] of the first `places` tokens."""
        return self.head(torch.einsum("nkd,lkd->nld", slots_NKD, self.gate[:places]))
