"""Where in its lines a token stands, as vectors: its line, its place there, and the line's indentation, summed.

Positions within a unit beside the rotary ones, as "abacus embeddings" tell digits their places (arXiv:2405.17399).
Shapes: B problems, L tokens, D width; 3 numbers a token (`EncodedQuestion.lines`).
"""

import torch
from torch import Tensor, nn

from reasoner.models.tokenizers import LINE_PLACES


def line_tables(width: int) -> nn.ModuleList:
    """An embedding table for each of the three numbers."""
    return nn.ModuleList(nn.Embedding(most, width) for most in LINE_PLACES)


def line_vectors(tables: nn.ModuleList, lines_BLC: Tensor | None) -> Tensor:
    """[B, L, D]."""
    assert lines_BLC is not None, "the tokenizer of this student tells lines"
    return torch.stack([table(one) for table, one in zip(tables, lines_BLC.unbind(-1), strict=True)]).sum(0)
