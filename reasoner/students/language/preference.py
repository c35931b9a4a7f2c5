"""Right solutions against the student's own wrong attempts at the same questions: direct preference optimisation.

DPO (Rafailov et al. 2023, arXiv:2305.18290). The reference is the student as the candidate began, which for fresh
additions is the model without them. What it believes of each pair is one number, reckoned before the first update, so
no second model is kept. Shapes: B pairs.
"""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional as F

from reasoner.models.causal import CausalModel
from reasoner.students.language.chances import log_chances, sums_of
from reasoner.students.language.template import Row

TOGETHER = 4
"""Pairs whose reference is reckoned side by side."""


@torch.no_grad()
def referred(model: CausalModel, rows: Sequence[Row]) -> list[Row]:
    """The rows, each pair with how much likelier the model as it is now holds its right solution."""
    network, found = model.network.eval(), list(rows)
    pairs = [i for i, row in enumerate(rows) if row.rejected]
    for start in range(0, len(pairs), TOGETHER):
        some = pairs[start : start + TOGETHER]
        both = with_rejected([rows[i] for i in some])
        sums = sums_of(*log_chances(network, both, pad=model.pad), both)
        for i, margin in zip(some, (sums[: len(some)] - sums[len(some) :]).tolist(), strict=True):
            found[i] = replace(rows[i], margin=margin)
    return found


def with_rejected(rows: Sequence[Row]) -> list[Row]:
    """All rows, then the rejected ones of those that have one, in the same order."""
    return [*rows, *(row.rejected for row in rows if row.rejected)]


def preference_loss(log_NV: Tensor, target_N: Tensor, rows: Sequence[Row], *, beta: float) -> Tensor:
    """Summed over pairs: `-log sigmoid(beta (margin - reference's margin))`.

    Args:
        log_NV: what `log_chances` gives for `with_rejected(rows)`.
        target_N: that, too.
        rows: of a batch, at least one of them a pair.
        beta: how little it may leave the reference.
    """
    sums = sums_of(log_NV, target_N, with_rejected(rows))
    right = [i for i, row in enumerate(rows) if row.rejected]
    reference_B = torch.tensor([rows[i].margin for i in right], device=sums.device)
    return -F.logsigmoid(beta * (sums[right] - sums[len(rows) :] - reference_B)).sum()
