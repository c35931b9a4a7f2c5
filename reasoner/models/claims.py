"""A step and those before it as one tensor, for a verifier.

Shapes: M claims, T steps of a claim (the newest first), S tokens of a step, L decoded tokens.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from reasoner.models.tokenizers import PAD, StepTokenizer


def claim_tokens(
    writes: StepTokenizer, before: Sequence[Sequence[str]], tokens_ML: Tensor, *, known: dict[str, list[int]]
) -> Tensor:
    """Each step and those before it, the newest first, [M, T, S].

    Args:
        writes: the student's.
        before: texts of the earlier steps of each.
        tokens_ML: the steps themselves, as decoded.
        known: tokens of earlier texts, filled here, since most come again.
    """
    M, S = len(before), writes.max_tokens
    most = max((len(b) for b in before), default=0)
    rows: list[list[list[int]]] = []
    for steps in before:
        ids = [_padded(writes, text, known) for text in reversed(steps)]
        rows.append(ids + [[PAD] * S] * (most - len(ids)))
    earlier = torch.tensor(rows, dtype=torch.long).view(M, most, S).to(tokens_ML.device)
    own = torch.nn.functional.pad(tokens_ML, (0, S - tokens_ML.shape[1]), value=PAD)
    return torch.cat([own[:, None], earlier], dim=1)


def _padded(writes: StepTokenizer, text: str, known: dict[str, list[int]]) -> list[int]:
    if text not in known:
        ids = writes.encode(text)[: writes.max_tokens]
        known[text] = ids + [PAD] * (writes.max_tokens - len(ids))
    return known[text]


def shortened(tokens_MTS: Tensor) -> Tensor:
    """Without steps and tokens that are padding in every claim."""
    steps = int((tokens_MTS != PAD).any(dim=2).any(dim=0).sum())
    length = int((tokens_MTS != PAD).any(dim=1).any(dim=0).sum())
    return tokens_MTS[:, :steps, :length]
