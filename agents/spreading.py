"""Farthest first: which failures to ask about so that no two lessons, and no lesson and what is known, are alike.

Greedy k-center (Gonzalez 1985, Clustering to minimize the maximum intercluster distance, Theoretical Computer Science
38; begun from what is known as in Sener and Savarese 2018, arXiv:1708.00489): each pick is the point whose nearest
neighbour, among what is known and what is picked, is farthest. Without quotas no point is then more than twice as far
from a pick (by the chord, which orders as the cosine does) as after the best choice of as many. Nothing is drawn: the
same points give the same picks. Shapes: N points, M known, D width.
"""

from collections.abc import Sequence

import numpy as np

BLOCK = 4096
"""Known vectors compared at once: a block of distances to thousands of points stays within tens of megabytes."""

DIGITS = 6
"""Decimals of a distance. Sums in another order differ beyond them; the same question must be a tie."""


def farthest_first(
    points_ND: np.ndarray, ids: Sequence[str], *, groups: Sequence[int], quotas: Sequence[int], known_MD: np.ndarray
) -> list[int]:
    """Places of the picks, in the order in which they were picked; equal distances by id.

    Where nothing is known, the first pick is the point farthest from the mean of all.

    Args:
        points_ND: unit vectors; N may be 0.
        ids: of the points, N.
        groups: of each point, a place in `quotas`.
        quotas: picks from each group; all of a group that has fewer.
        known_MD: unit vectors of what is known; M may be 0.
    """
    order = sorted(range(len(ids)), key=lambda i: ids[i])
    points_ND, group_N = points_ND[order], np.array(groups, dtype=np.int64)[order]
    left_G = np.minimum(quotas, np.bincount(group_N, minlength=len(quotas)))
    open_N = np.ones(len(order), dtype=bool)
    nearest_N = _to_nearest(points_ND, known_MD)
    picked: list[int] = []
    for _ in range(int(left_G.sum())):
        merit_N = nearest_N if np.isfinite(nearest_N).all() else _from_mean(points_ND)
        # The first of the largest: points stand in the order of their ids.
        best = int(np.argmax(np.where(open_N & (left_G[group_N] > 0), merit_N, -1.0)))
        picked.append(order[best])
        open_N[best] = False
        left_G[group_N[best]] -= 1
        nearest_N = np.minimum(nearest_N, _distances(points_ND, points_ND[[best]])[:, 0])
    return picked


def _to_nearest(points_ND: np.ndarray, known_MD: np.ndarray) -> np.ndarray:
    """Cosine distance of each point to the nearest that is known, N; infinite where nothing is."""
    nearest_N = np.full(len(points_ND), np.inf)
    for start in range(0, len(known_MD), BLOCK):
        block_NM = _distances(points_ND, known_MD[start : start + BLOCK])
        nearest_N = np.minimum(nearest_N, block_NM.min(axis=1))
    return nearest_N


def _from_mean(points_ND: np.ndarray) -> np.ndarray:
    """Cosine distance of each point to the mean of all, N; 1 for all where the mean has no direction."""
    mean_1D = points_ND.mean(axis=0, keepdims=True)
    length = float(np.linalg.norm(mean_1D))
    return _distances(points_ND, mean_1D / length if length > 10**-DIGITS else 0 * mean_1D)[:, 0]


def _distances(points_ND: np.ndarray, others_MD: np.ndarray) -> np.ndarray:
    """Cosine distances of unit vectors, N x M, 0 to 2."""
    return np.round(np.clip(1.0 - points_ND @ others_MD.T, 0.0, 2.0), DIGITS)
