"""Latent neighbourhoods: which failures lie close together."""

import numpy as np

from memory.sameness import unit


def neighbourhoods(vectors_ND: np.ndarray, k: int, seed: int) -> np.ndarray:
    """Sorts vectors into at most k neighbourhoods by k-means on the unit sphere; the same input gives the same labels.

    Args:
        vectors_ND: one row for each point, none of them zero; N may be smaller than k, or 0.
        k: number of neighbourhoods, 1 or more.
        seed: of the first centres.

    Returns:
        labels_N, int64, 0 for the neighbourhood of the first point, 1 for the next new one, and so on.
    """
    assert k >= 1, f"{k!r} neighbourhoods"
    count = len(vectors_ND)
    if count <= k:
        return np.arange(count, dtype=np.int64)
    import faiss

    # Sums in another order round differently: one thread keeps labels the same on every machine.
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        points_ND = unit(vectors_ND)
        means = faiss.Kmeans(points_ND.shape[1], k, niter=25, seed=seed, spherical=True, min_points_per_centroid=1)
        means.train(points_ND)
        _, nearest_N1 = means.index.search(points_ND, 1)
    finally:
        faiss.omp_set_num_threads(threads)
    return _by_first_meeting(nearest_N1[:, 0])


def _by_first_meeting(labels_N: np.ndarray) -> np.ndarray:
    order: dict[int, int] = {}
    return np.array([order.setdefault(int(label), len(order)) for label in labels_N], dtype=np.int64)
