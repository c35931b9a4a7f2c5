"""Question encoder (token states) and step encoder (K slots).

Shapes: B problems, N steps, L tokens, K slots, D width. Token id 0 is padding.
"""

import torch
from torch import Tensor, nn

from reasoner.models.layers import Block, normalise

PAD = 0


class QuestionEncoder(nn.Module):
    """Reads a question; keeps one state per token, since one vector cannot hold a story."""

    def __init__(self, vocabulary: int, *, width: int, heads: int, layers: int, max_tokens: int) -> None:
        super().__init__()
        self.max_tokens = max_tokens
        self.token = nn.Embedding(vocabulary, width)
        self.position = nn.Embedding(max_tokens, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens_BL: Tensor) -> Tensor:
        """Returns states [B, L, D]; L is at most `max_tokens`."""
        mask = (tokens_BL != PAD)[:, None, None, :]
        x = self.token(tokens_BL) + self.position.weight[: tokens_BL.shape[1]]
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x)


class StepEncoder(nn.Module):
    """Reads one step's text into K slots on the unit-variance manifold."""

    def __init__(self, vocabulary: int, *, width: int, heads: int, layers: int, slots: int, max_tokens: int) -> None:
        super().__init__()
        self.token = nn.Embedding(vocabulary, width)
        self.position = nn.Embedding(max_tokens, width)
        self.queries = nn.Parameter(torch.randn(slots, width) * 0.02)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.project = nn.Linear(width, width)

    def forward(self, tokens_NL: Tensor) -> Tensor:
        """Returns slots [N, K, D], each with zero mean and unit variance over D."""
        N, L = tokens_NL.shape
        K = self.queries.shape[0]
        x = self.token(tokens_NL) + self.position.weight[:L]
        x = torch.cat([self.queries.expand(N, -1, -1), x], dim=1)
        keep = torch.cat([tokens_NL.new_ones(N, K, dtype=torch.bool), tokens_NL != PAD], dim=1)
        for block in self.blocks:
            x = block(x, keep[:, None, None, :])
        return normalise(self.project(x[:, :K]))
