"""Whole numbers as single tokens, each the sum of its digits' embeddings, one table per place.

Copying a number takes one look then instead of one per digit, and unseen numbers are made of seen digits.

Shapes: N steps, L tokens, M merged tokens, Q numbers, P digit places, D width.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reasoner.models.tokenizers import DIGIT_KINDS, FIRST_DIGIT, PAD, PLACES


def digit_table(width: int) -> nn.Embedding:
    """A row for each digit, or none, at each place."""
    return nn.Embedding(PLACES * DIGIT_KINDS, width)


def number_vectors(table: nn.Embedding, digits_QP: Tensor) -> Tensor:
    """[Q, D] of numbers whose digits are 0 for none, else digit + 1, the least significant first."""
    places = torch.arange(PLACES, device=digits_QP.device) * DIGIT_KINDS
    return table(digits_QP + places).sum(dim=1)


@dataclass(frozen=True)
class MergedSteps:
    """Steps written a character a token, with each number (or six digits of it) merged into its first token."""

    tokens_NM: Tensor
    """`FIRST_DIGIT` where a number stands."""
    digits_QP: Tensor
    """Of all numbers in reading order."""


def merge_digits(tokens_NL: Tensor, *, least_first: bool) -> MergedSteps:
    """Args:
    tokens_NL: of a `StepTokenizer` that writes characters, padded at the end.
    least_first: whether numbers are written from their least significant digit.
    """
    digit_NL = (tokens_NL >= FIRST_DIGIT) & (tokens_NL < FIRST_DIGIT + 10)
    column = torch.arange(tokens_NL.shape[1], device=tokens_NL.device)
    begins = digit_NL & ~F.pad(digit_NL, (1, -1))
    run = column - torch.where(begins, column, 0).cummax(dim=1).values
    first_NL, place_NL = digit_NL & (run % PLACES == 0), run % PLACES

    which = first_NL.flatten().cumsum(0) - 1
    place, here = place_NL.flatten(), digit_NL.flatten().nonzero()[:, 0]
    which, place = which[here], place[here]
    numbers = int(first_NL.sum())
    if not least_first:
        place = torch.bincount(which, minlength=numbers)[which] - 1 - place
    digits_QP = tokens_NL.new_zeros(numbers, PLACES)
    digits_QP[which, place] = tokens_NL.flatten()[here] - FIRST_DIGIT + 1

    kept = (tokens_NL != PAD) & (~digit_NL | first_NL)
    order = (~kept).byte().argsort(dim=1, stable=True)[:, : int(kept.sum(dim=1).max())]
    merged = torch.where(first_NL, FIRST_DIGIT, tokens_NL).gather(1, order)
    return MergedSteps(merged.masked_fill(~kept.gather(1, order), PAD), digits_QP)
