"""An anytime-valid test of a paired comparison, which may stop as soon as it is sure: `gate.test=e_process`.

Each item that only one of the two solves is a bet. Staking on a chance q that the candidate is the one multiplies the
capital by 2 q at a win and by 2 (1 - q) at a loss. The capital here is spread evenly over all q in (1/2, 1]:

    e(w, l) = integral over q in (1/2, 1] of 2 (2 q)^w (2 (1 - q))^l dq

While a win has a chance of at most 1/2, whatever came before, e is a nonnegative supermartingale that begins at 1, and
Ville's inequality (1939) bounds the chance that it *ever* passes 1/alpha by alpha: one may look after each item and
stop at any. Sources: Ramdas, Gruenwald, Vovk and Shafer (2023), "Game-theoretic statistics and safe anytime-valid
inference", Statistical Science 38(4); Waudby-Smith and Ramdas (2024), "Estimating means of bounded random variables by
betting", JRSS B 86(1); for accepting changes of an agent, PACE (arXiv 2606.08106).
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from math import comb

PATHS = 4000
"""Simulated gates behind a chance of promotion: its standard error is at most 0.8 points."""


@lru_cache(maxsize=1 << 14)
def anytime_p(wins: int, losses: int) -> float:
    """1 / e, at most 1: below alpha exactly where e passes 1/alpha. Swap the arguments to test for harm.

    With n = w + l the integral is the sum of C(n + 1, k) for k to w, over (n + 1) C(n, w). Computed in integers.
    """
    assert wins >= 0, wins
    assert losses >= 0, losses
    n = wins + losses
    return min(1.0, (n + 1) * comb(n, wins) / sum(comb(n + 1, k) for k in range(wins + 1)))


def block_ends(size: int, block: int) -> list[int]:
    """After how many of a set's items it is looked: each whole block, and the end."""
    return [*range(block, size, block), size]


def asking_order(ids: Sequence[str], *, seed: int, cycle: int) -> list[str]:
    """Ids in the order in which they are asked: by a hash that knows neither questions nor answers.

    A set may lie by skill; in this order each beginning of it is a sample of the whole.
    """
    return sorted(ids, key=lambda id: hashlib.sha256(f"{seed}/gate order/{cycle}/{id}".encode()).digest())


def chance_of_passing(n: int, alpha: float, gain: float, loss_rate: float, *, block: int) -> float:
    """The chance that e passes 1/alpha at the end of a block, simulated with a fixed seed.

    Args:
        n: items of a gate set.
        alpha: of the cycle.
        gain: the true one, a share of the items.
        loss_rate: share of items that the candidate loses.
        block: items between two looks.
    """
    import numpy as np

    rng = np.random.default_rng(0)
    sizes_B = np.diff([0, *block_ends(n, block)])
    lost_PB = rng.binomial(sizes_B, loss_rate, size=(PATHS, len(sizes_B)))
    won_PB = rng.binomial(sizes_B - lost_PB, min(1.0, (loss_rate + gain) / (1 - loss_rate)))
    losses_PB = lost_PB.cumsum(axis=1)
    needed = np.array([_wins_needed(losses, alpha) for losses in range(losses_PB.max() + 1)])
    return float((won_PB.cumsum(axis=1) >= needed[losses_PB]).any(axis=1).mean())


@lru_cache(maxsize=1 << 14)
def _wins_needed(losses: int, alpha: float) -> int:
    """The fewest wins with which e passes 1/alpha."""
    wins = _wins_needed(losses - 1, alpha) if losses else 0
    while anytime_p(wins, losses) >= alpha:
        wins += 1
    return wins
