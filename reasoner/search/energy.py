"""How likely a candidate step is to be right, from what can be seen of it without the gold answer.

Shapes: M candidates.
"""

import math
from collections.abc import Mapping
from typing import Protocol

import torch
from torch import Tensor

SAID, ROUND_TRIP, HOLDS = "said", "round_trip", "holds"
"""Terms: log-probability of the text under the latent without noise; mean squared distance of that latent from the
re-encoded text; whether the step is true and uses known quantities only (1 or 0)."""

UNTRUE = math.log(1e-3)
"""Put in for a step that does not hold; it is not impossible that a later step mends it."""


class Energy(Protocol):
    """Combines terms."""

    def __call__(self, terms: Mapping[str, Tensor]) -> Tensor:
        """Natural logarithm of the chance that each step is right, [M], at most 0."""
        ...


class SaidEnergy:
    """The decoder's own belief in its text and, if asked, the domain's symbolic check. Nothing in it is learnt."""

    def __init__(self, *, symbolic: bool) -> None:
        self.symbolic = symbolic

    def __call__(self, terms: Mapping[str, Tensor]) -> Tensor:
        """See `Energy`."""
        if not self.symbolic:
            return terms[SAID]
        return terms[SAID] + torch.where(terms[HOLDS] > 0, 0.0, UNTRUE)
