"""How likely a candidate step is to be right, from what can be seen of it without the gold answer.

Shapes: M candidates.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from reasoner.types.step_model import HOLDS, SAID

UNTRUE = math.log(1e-3)
"""Put in for a step that does not hold; it is not impossible that a later step mends it."""
REFUSED = math.log(1e-6)
"""At most, for a refinement that failed its check."""


class Energy(Protocol):
    """Combines terms."""

    def __call__(self, terms: Mapping[str, Tensor], *, depth: int, ends_M: Tensor) -> Tensor:
        """Natural logarithm of the chance that each step is right if those before it are, [M], at most 0.

        Args:
            terms: [M] each.
            depth: steps before.
            ends_M: whether it ends the solution.
        """
        ...


class SaidEnergy:
    """The decoder's own belief in its text and, if asked, the domain's symbolic check. Nothing in it is learnt."""

    def __init__(self, *, symbolic: bool) -> None:
        self.symbolic = symbolic

    def __call__(self, terms: Mapping[str, Tensor], *, depth: int, ends_M: Tensor) -> Tensor:  # noqa: ARG002
        """See `Energy`."""
        if not self.symbolic:
            return terms[SAID]
        return terms[SAID] + torch.where(terms[HOLDS] > 0, 0.0, UNTRUE)


LEAST_SAID = -20.0
"""Log-probabilities below it are all alike: nothing is learnt from how unlikely the impossible is."""


@dataclass(frozen=True)
class FittedEnergy:
    """A logistic map of the terms for each depth, fitted on held-out practice attempts: its chances are calibrated."""

    names: tuple[str, ...]
    """Terms that it reads."""
    weights: tuple[tuple[float, ...], ...]
    """For each depth (the last for all deeper ones): of the terms, of the step that ends a solution, and the bias."""

    def __call__(self, terms: Mapping[str, Tensor], *, depth: int, ends_M: Tensor) -> Tensor:
        """See `Energy`."""
        row = torch.tensor(self.weights[min(depth, len(self.weights) - 1)])
        return torch.nn.functional.logsigmoid(features(terms, self.names, ends_M) @ row)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "FittedEnergy":
        """What `to_dict` gave."""
        return cls(tuple(plain["names"]), tuple(tuple(row) for row in plain["weights"]))


def features(terms: Mapping[str, Tensor], names: tuple[str, ...], ends_M: Tensor) -> Tensor:
    """What a logistic map reads, [M, F]: terms, whether the step ends the solution, and 1."""
    columns = [terms[name].clamp(min=LEAST_SAID) if name == SAID else terms[name] for name in names]
    ends = ends_M.float().cpu()
    return torch.stack([*columns, ends, torch.ones_like(ends)], dim=1)
