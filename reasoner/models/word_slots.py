"""Step encoder whose slot k begins as the k-th word of the step, a whole number being one word.

With learnt queries the digits of one number end up in several slots, and a predictor that is not sure writes the tens
of one number beside the units of another (docs/lab-book.md, entry 8).

Shapes: N steps, L tokens, M words, K slots, D width.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reasoner.models.layers import Block, normalise
from reasoner.models.numbers import digit_table, merge_digits, number_vectors
from reasoner.models.tokenizers import FIRST_DIGIT, PAD


class WordSlotEncoder(nn.Module):
    """Reads one step's text into K slots on the unit-variance manifold. Words after the K-th are only looked at."""

    def __init__(
        self,
        vocabulary: int,
        *,
        width: int,
        heads: int,
        layers: int,
        slots: int,
        max_tokens: int,
        characters: bool,
        least_first: bool,
    ) -> None:
        """`characters`: whether steps are written a character a token, so that numbers have to be put together."""
        super().__init__()
        self.slots, self.characters, self.least_first = slots, characters, least_first
        self.token = nn.Embedding(vocabulary, width)
        self.digit = digit_table(width) if characters else None
        self.position = nn.Embedding(max(max_tokens, slots), width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.project = nn.Linear(width, width)

    def forward(self, tokens_NL: Tensor) -> Tensor:
        """Returns slots [N, K, D], each with zero mean and unit variance over D."""
        x, real_NM = self._words(tokens_NL)
        K, missing = self.slots, max(0, self.slots - x.shape[1])
        x = F.pad(x, (0, 0, 0, missing)) + self.position.weight[: x.shape[1] + missing]
        seen_NM = F.pad(real_NM, (0, missing))
        seen_NM = torch.cat([torch.ones_like(seen_NM[:, :K]), seen_NM[:, K:]], dim=1)
        for block in self.blocks:
            x = block(x, seen_NM[:, None, None, :])
        return normalise(self.project(x[:, :K]))

    def _words(self, tokens_NL: Tensor) -> tuple[Tensor, Tensor]:
        """Embeddings [N, M, D], nothing at padding, and where words are."""
        if self.digit is None:
            real_NM = tokens_NL != PAD
            return self.token(tokens_NL) * real_NM[..., None], real_NM
        merged = merge_digits(tokens_NL, least_first=self.least_first)
        real_NM = merged.tokens_NM != PAD
        x = self.token(merged.tokens_NM) * real_NM[..., None]
        places = (merged.tokens_NM == FIRST_DIGIT).nonzero(as_tuple=True)
        return x.index_put(places, number_vectors(self.digit, merged.digits_QP), accumulate=True), real_NM
