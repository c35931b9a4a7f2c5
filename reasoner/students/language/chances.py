"""What a network believes of the supervised tokens of rows, computed side by side.

Shapes: B rows, L tokens, N supervised tokens of all rows in their order, V vocabulary.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from reasoner.models.causal import takes
from reasoner.students.language.template import UNSUPERVISED, Row


def log_chances(network: Any, rows: Sequence[Row], *, pad: int) -> tuple[Tensor, Tensor]:
    """Log-probabilities at each supervised token, [N, V] in float32, and those tokens, [N]."""
    longest, device = max(len(row.ids) for row in rows), network.device
    ids_BL = torch.full((len(rows), longest), pad)
    mask_BL = torch.zeros(len(rows), longest, dtype=torch.long)
    target_BL = torch.full((len(rows), longest), UNSUPERVISED)
    for i, row in enumerate(rows):
        n = len(row.ids)
        ids_BL[i, :n], mask_BL[i, :n], target_BL[i, :n] = torch.tensor(row.ids), 1, torch.tensor(row.targets)
    # What comes after the last token is nobody's; logits are made from where the shortest prompt ends.
    kept = longest - min(row.start for row in rows) + 1
    how = {"logits_to_keep": kept} if takes(network, "logits_to_keep") else {}
    out = network(input_ids=ids_BL.to(device), attention_mask=mask_BL.to(device), use_cache=False, **how)
    target = target_BL[:, -kept + 1 :].to(device)
    counted = target != UNSUPERVISED
    return F.log_softmax(out.logits[:, -kept:-1][counted].float(), dim=-1), target[counted]


def sums_of(log_NV: Tensor, target_N: Tensor, rows: Sequence[Row]) -> Tensor:
    """The log-probability of each row's whole solution, [B], from what `log_chances` gives."""
    said_N = log_NV.gather(1, target_N[:, None])[:, 0]
    return torch.stack([said.sum() for said in said_N.split([row.taught for row in rows])])
