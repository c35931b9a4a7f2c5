"""Question encoder (token states) and step encoder (K slots).

Shapes: B problems, N steps, L tokens, W words of a sentence, P digit places, K slots, D width. Token id 0 is padding.
"""

import torch
from torch import Tensor, nn

from reasoner.models.batches import QuestionBatch
from reasoner.models.layers import Block, normalise
from reasoner.models.lines import line_tables, line_vectors
from reasoner.models.numbers import digit_table, number_vectors
from reasoner.models.tokenizers import NUMBER, PAD


class QuestionEncoder(nn.Module):
    """Reads a question; keeps one state per token, since one vector cannot hold a story.

    A number is one token, made of its digits (`reasoner.models.numbers`).

    With `sentence_words` a whole sentence is one token: its words' embeddings, each through the map of its place, are
    summed. Sentences then stand in no order: of rules and facts none comes first, and a rule is found by its words.

    With `with_lines` each token also says in which line it stands, where in it, and how far that is indented
    (`reasoner.models.lines`): of a program's lines the order and the indentation are its meaning.
    """

    def __init__(
        self,
        vocabulary: int,
        *,
        width: int,
        heads: int,
        layers: int,
        sentence_words: int = 0,
        with_lines: bool = False,
    ) -> None:
        super().__init__()
        self.token = nn.Embedding(vocabulary, width)
        self.digit = digit_table(width)
        self.sentence = nn.Linear(sentence_words * width, width) if sentence_words else None
        self.lines = line_tables(width) if with_lines else None
        self.blocks = nn.ModuleList(Block(width, heads, rotary=not sentence_words) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, question: QuestionBatch) -> Tensor:
        """States [B, L, D] of the questions' tokens."""
        tokens_BL = question.tokens_BL
        numbers_MD = number_vectors(self.digit, question.digits_MP)
        x = self.token(tokens_BL)
        x = x.index_put(((tokens_BL == NUMBER).nonzero(as_tuple=True)), numbers_MD, accumulate=True)
        if self.sentence is not None:
            x = self.sentence((x * (tokens_BL != PAD)[..., None]).flatten(2))
        if self.lines is not None:
            x = x + line_vectors(self.lines, question.lines_BLC)
        mask = question.mask_BL[:, None, None, :]
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
