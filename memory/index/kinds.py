"""Which kind of index suits how many vectors: exact where exact is quick, else HNSW or IVF, chosen by trial.

Exact search reads every vector; HNSW (Malkov and Yashunin 2016, arXiv:1603.09320) walks a graph; IVF reads the nearest
of many cells. The trial builds both on a part of the vectors, finds for each the least effort that reaches the recall
asked for, and takes the one that compares fewer vectors with a query (a count, so that the choice is the same on a busy
machine); its effort is then found again on the whole. Queries of a trial lie as far from a
vector as its nearest, on the other side: in the same region, but not among the vectors. Those between the two would be
easier than what is asked later (30,000 vectors: .995 of the ten nearest found where fresh draws of their source get
.888; beyond, .907).
"""

from typing import Any, Literal

import numpy as np

from reasoner.types.record import Record

Kind = Literal["flat", "hnsw", "ivf"]

EXACT_BELOW = 20_000
"""Vectors up to which every one is read: about 2 ms for 384 dimensions on one core (benchmarks/memory.py)."""

RECALL = 0.985
"""Of the ten nearest, at the least."""

TRIAL, QUERIES, K = 20_000, 200, 10
LINKS, BUILD_EFFORT = 32, 80
EFFORTS = {"hnsw": (16, 24, 32, 48, 64, 96, 128, 192, 256, 512), "ivf": (1, 2, 4, 8, 16, 32, 64, 128, 256)}
"""What is tried: `efSearch` of HNSW, `nprobe` of IVF."""
SCATTERED = 4
"""How much dearer a vector is that HNSW reads somewhere in memory than one of a row that IVF reads: 96 and 384
dimensions, one core of an AMD EPYC: 175 against 35 ns, 360 against 122 ns."""


class Choice(Record):
    """An index and how it was found to do."""

    kind: Kind
    effort: int
    """`efSearch` or `nprobe`; 0 for exact search."""
    recall: float
    """Of the ten nearest, on trial queries; 1 for exact search."""
    compared: float
    """Vectors that a query is compared with, the mean; 0 for exact search, which reads all."""


EXACT = Choice(kind="flat", effort=0, recall=1.0, compared=0.0)


def new_index(kind: Kind, vectors_ND: np.ndarray, seed: int = 0) -> Any:
    """An index of these unit vectors."""
    import faiss

    count, dimension = vectors_ND.shape
    if kind == "flat":
        index: Any = faiss.IndexFlatIP(dimension)
    elif kind == "hnsw":
        index = faiss.IndexHNSWFlat(dimension, LINKS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = BUILD_EFFORT
    else:
        cells = max(1, min(4 * int(count**0.5), count // 39))
        index = faiss.IndexIVFFlat(faiss.IndexFlatIP(dimension), dimension, cells, faiss.METRIC_INNER_PRODUCT)
        index.cp.seed = seed
        index.train(vectors_ND[np.random.default_rng(seed).permutation(count)[: 64 * cells]])
        # Kept vectors are asked for one by one when a filter leaves few.
        index.make_direct_map()
    index.add(vectors_ND)
    return index


def choose(vectors_ND: np.ndarray, seed: int = 0) -> Choice:
    """The kind for so many vectors, by trial on at most 20,000 of them."""
    if len(vectors_ND) < EXACT_BELOW:
        return EXACT
    part_ND = vectors_ND[np.random.default_rng(seed).permutation(len(vectors_ND))[:TRIAL]]
    kinds: tuple[Kind, ...] = ("hnsw", "ivf")
    tried = [tune(kind, new_index(kind, part_ND, seed), part_ND, seed) for kind in kinds]
    # IVF reads a share of all vectors, HNSW's walk grows with the logarithm: the trial must not favour the small.
    grown = len(vectors_ND) / len(part_ND)
    return min(tried, key=lambda c: c.compared * (grown**0.5 if c.kind == "ivf" else SCATTERED))


def tune(kind: Kind, index: Any, vectors_ND: np.ndarray, seed: int = 0) -> Choice:
    """The least effort with which an index of these vectors reaches the recall; the greatest if none does."""
    queries_QD = trial_queries(vectors_ND, seed)
    truth_QK = nearest_exactly(vectors_ND, queries_QD, K)
    choice = EXACT
    for effort in EFFORTS[kind]:
        set_effort(kind, index, effort)
        counter = _counter(kind)
        counter.reset()
        recall = recall_of(index.search(queries_QD, K)[1], truth_QK)
        compared = counter.ndis / len(queries_QD) + (index.nlist if kind == "ivf" else 0)
        choice = Choice(kind=kind, effort=effort, recall=recall, compared=compared)
        if recall >= RECALL:
            break
    return choice


def _counter(kind: Kind) -> Any:
    """The library's own count of the vectors compared, of this process."""
    import faiss

    counters: Any = faiss.cvar
    return counters.hnsw_stats if kind == "hnsw" else counters.indexIVF_stats


def set_effort(kind: Kind, index: Any, effort: int) -> None:
    """Makes an index search so hard."""
    if kind == "hnsw":
        index.hnsw.efSearch = effort
    elif kind == "ivf":
        index.nprobe = min(effort, index.nlist)


def trial_queries(vectors_ND: np.ndarray, seed: int) -> np.ndarray:
    """Unit queries_QD, each a vector mirrored in its nearest, seen from the vector."""
    draw = np.random.default_rng([seed, 1])
    from_Q = draw.permutation(len(vectors_ND))[:QUERIES]
    near_Q2 = nearest_exactly(vectors_ND, vectors_ND[from_Q], 2)
    to_Q = np.where(near_Q2[:, 0] == from_Q, near_Q2[:, -1], near_Q2[:, 0])
    beyond_QD = 2 * vectors_ND[from_Q] - vectors_ND[to_Q]
    return np.ascontiguousarray(beyond_QD / np.linalg.norm(beyond_QD, axis=1, keepdims=True), dtype=np.float32)


def nearest_exactly(vectors_ND: np.ndarray, queries_QD: np.ndarray, k: int) -> np.ndarray:
    """Positions_QK of the k nearest by inner product, best first."""
    import faiss

    return faiss.knn(queries_QD, vectors_ND, min(k, len(vectors_ND)), metric=faiss.METRIC_INNER_PRODUCT)[1]


def nearest_with_scores(vectors_ND: np.ndarray, queries_QD: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nearest of each query: its inner product, and its position; both Q."""
    import faiss

    scores_Q1, places_Q1 = faiss.knn(queries_QD, vectors_ND, 1, metric=faiss.METRIC_INNER_PRODUCT)
    return scores_Q1[:, 0], places_Q1[:, 0]


def recall_of(found_QK: np.ndarray, truth_QK: np.ndarray) -> float:
    """Share of the true neighbours that were found."""
    shared = sum(len(np.intersect1d(found, truth)) for found, truth in zip(found_QK, truth_QK, strict=True))
    return shared / truth_QK.size
