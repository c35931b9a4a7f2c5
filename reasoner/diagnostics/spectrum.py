"""How much of its width a latent space uses: effective rank, singular values and std of every dimension.

Shapes: N steps, K slots, D width.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from reasoner.diagnostics.collapse import effective_rank


@dataclass(frozen=True)
class Spectrum:
    """One kind of latents over many steps."""

    rank_K: tuple[float, ...]
    """Effective rank of each slot, 1 to D."""
    values_KD: tuple[tuple[float, ...], ...]
    """Share of the whole of each singular value, largest first, by slot."""
    std_KD: tuple[tuple[float, ...], ...]
    """Standard deviation of each dimension over the steps, by slot."""

    @property
    def std(self) -> float:
        """Mean over slots and dimensions."""
        flat = [one for slot in self.std_KD for one in slot]
        return sum(flat) / len(flat)

    @property
    def smallest_std(self) -> float:
        """Of the dimension that varies least."""
        return min(one for slot in self.std_KD for one in slot)


def spectrum(slots_NKD: Tensor) -> Spectrum:
    """Measures slots of at least two steps; for a fair rank of at least twice as many as the width."""
    slots = [slots_NKD[:, k] for k in range(slots_NKD.shape[1])]
    return Spectrum(
        rank_K=tuple(effective_rank(s) for s in slots),
        values_KD=tuple(_values(s) for s in slots),
        std_KD=tuple(tuple(s.std(dim=0).tolist()) for s in slots),
    )


def _values(vectors_ND: Tensor) -> tuple[float, ...]:
    values = torch.linalg.svdvals((vectors_ND - vectors_ND.mean(dim=0)).double())
    return tuple((values / values.sum().clamp_min(1e-12)).tolist())
