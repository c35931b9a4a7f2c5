"""Intervals and tests for shares of right answers, alone and in pairs.

Paired counts throughout: `wins` are items that only the candidate solves, `losses` items that only the champion solves.
"""

from collections.abc import Sequence
from functools import lru_cache, partial
from math import comb, sqrt
from statistics import NormalDist, fmean, stdev
from typing import TYPE_CHECKING

from reasoner.evaluation.e_process import chance_of_passing
from reasoner.types.report import Rate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Z95 = NormalDist().inv_cdf(0.975)

Interval = tuple[float, float]


def wilson(right: int, n: int) -> Interval:
    """95% interval of a share (Wilson 1927), within [0, 1]; [0, 1] if n is 0."""
    assert 0 <= right <= n, f"{right} right of {n}"
    if n == 0:
        return 0.0, 1.0
    share, z2 = right / n, Z95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    low = 0.0 if right == 0 else max(0.0, middle - half)
    return low, 1.0 if right == n else min(1.0, middle + half)


def rate(right: int, n: int) -> Rate:
    """A share of right answers with its Wilson interval; accuracy 0 if n is 0."""
    return Rate(n=n, right=right, accuracy=right / n if n else 0.0, ci95=wilson(right, n))


def mean_interval(values: Sequence[float]) -> Interval:
    """95% interval of a mean of graded scores: Student's t (1908), cut to [0, 1]; [0, 1] of fewer than two.

    Of scores that are all the same it has no width: where they are 0 or 1, ask `wilson`.
    """
    from scipy.stats import t

    n = len(values)
    if n < 2:
        return 0.0, 1.0
    middle = fmean(values)
    half = float(t.ppf(0.975, n - 1)) * stdev(values) / sqrt(n)
    return max(0.0, middle - half), min(1.0, middle + half)


def pass_at_k(n: int, right: int, k: int) -> float:
    """The chance that one of k samples is right, estimated without bias from n of them (Chen et al. 2021, eq. 1)."""
    assert 0 <= right <= n, f"{right} right of {n}"
    assert 1 <= k <= n, f"pass@{k} of {n} samples"
    return 1.0 - comb(n - right, k) / comb(n, k)


@lru_cache(maxsize=1 << 14)
def mcnemar_exact(wins: int, losses: int) -> float:
    """One-sided exact McNemar: the chance of this many wins or more, were each of the items a fair coin (McNemar 1947).

    Swap the arguments to test for harm. Computed in integers, so that small p are not rounded away.
    """
    assert wins >= 0, wins
    assert losses >= 0, losses
    n = wins + losses
    return sum(comb(n, k) for k in range(wins, n + 1)) / 2**n


def paired_gain(wins: int, losses: int, n: int, *, confidence: float = 0.95) -> tuple[float, Interval]:
    """Difference of two shares on the same n items, candidate minus champion, with its interval.

    The adjusted Wald interval of Bonett and Price (2012), which adds one win and one loss; [-1, 1] if n is 0. One bound
    alone errs with half the chance that both have: that of a 90% interval is a one-sided 95% bound.
    """
    assert wins + losses <= n, f"{wins} wins and {losses} losses of {n}"
    if n == 0:
        return 0.0, (-1.0, 1.0)
    won, lost = (wins + 1) / (n + 2), (losses + 1) / (n + 2)
    half = NormalDist().inv_cdf((1 + confidence) / 2) * sqrt((won + lost - (won - lost) ** 2) / (n + 2))
    return (wins - losses) / n, (max(-1.0, won - lost - half), min(1.0, won - lost + half))


def smallest_detectable_gain(
    n: int, alpha: float, *, power: float = 0.8, loss_rate: float = 0.02, block: int | None = None
) -> float | None:
    """The true gain that the gate's test finds with the given power.

    Assumes independent items, each lost with chance `loss_rate` and won with chance `loss_rate + gain`. The power of
    `mcnemar_exact(...) < alpha` is exact: a sum over all numbers of discordant items. That of the e-process is
    simulated, which moves the gain by about 0.001.

    Args:
        n: items of a gate set.
        alpha: of the cycle.
        power: chance of detection, in (0, 1).
        loss_rate: share of items that a good candidate still loses, in [0, 0.5).
        block: items between two looks of the e-process; the exact test, if not given.

    Returns:
        A share of the items, rounded up to 0.0001, or None if no gain can be found with so few items.
    """
    found = _power if block is None else partial(chance_of_passing, block=block)
    low, high = 0, int((1 - 2 * loss_rate) * 10_000)
    if found(n, alpha, high / 10_000, loss_rate) < power:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if found(n, alpha, middle / 10_000, loss_rate) < power:
            low = middle
        else:
            high = middle
    return high / 10_000


def _power(n: int, alpha: float, gain: float, loss_rate: float) -> float:
    """The chance that the test succeeds at a true gain."""
    import numpy as np
    from scipy.stats import binom

    won, discordant = loss_rate + gain, min(1.0, 2 * loss_rate + gain)
    if discordant == 0:
        return 0.0
    # Numbers of discordant items beyond these have a chance of less than 1e-14 in all.
    middle, width = n * discordant, 8 * sqrt(n * discordant * (1 - discordant)) + 20
    counts = np.arange(max(0, int(middle - width)), min(n, int(middle + width)) + 1)
    success = binom.sf(_wins_needed(counts, alpha) - 1, counts, won / (2 * loss_rate + gain))
    return float(np.sum(binom.pmf(counts, n, discordant) * success))


def _wins_needed(counts: "NDArray[np.int64]", alpha: float) -> "NDArray[np.float64]":
    """The fewest wins with p < alpha among so many discordant items; more than there are if none suffice."""
    from scipy.stats import binom

    needed = binom.isf(alpha, counts, 0.5) + 1
    return needed + (binom.sf(needed - 1, counts, 0.5) >= alpha)
