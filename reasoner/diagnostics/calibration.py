"""How good a judge's chances are: ranking (AUC), calibration error, and the reliability table behind its plot.

Shapes: M judged items.
"""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Items whose chance lies in one tenth of [0, 1]."""

    n: int
    believed: float
    """Mean chance."""
    right: float
    """Share that is right."""


@dataclass(frozen=True)
class Calibration:
    """A judge on held-out items."""

    n: int
    right: int
    auc: float | None
    """None where all items are right, or all wrong."""
    error: float
    """Expected calibration error: mean distance of belief from share, weighted by items."""
    bins: tuple[Bin, ...]

    def to_dict(self) -> dict[str, object]:
        """Plain JSON."""
        return asdict(self)


def auc(score_M: NDArray[np.floating], right_M: NDArray[np.bool_]) -> float | None:
    """Chance that a right item scores above a wrong one, ties counted half; None without one of each."""
    positives, negatives = int(right_M.sum()), int((~right_M).sum())
    if not positives or not negatives:
        return None
    ranks = rankdata(score_M)[right_M].sum()
    return float((ranks - positives * (positives + 1) / 2) / (positives * negatives))


def calibration(chance_M: NDArray[np.floating], right_M: NDArray[np.bool_]) -> Calibration:
    """Args:
    chance_M: believed, in [0, 1].
    right_M: what is so.
    """
    which = np.minimum((chance_M * BINS).astype(int), BINS - 1)
    bins = tuple(
        Bin(int(mask.sum()), float(chance_M[mask].mean()), float(right_M[mask].mean()))
        for mask in (which == k for k in range(BINS))
        if mask.any()
    )
    n = len(right_M)
    error = sum(b.n * abs(b.believed - b.right) for b in bins) / n if n else 0.0
    return Calibration(n, int(right_M.sum()), auc(chance_M, right_M), float(error), bins)
