"""How much of a neighbourhood survives a change of space."""

import numpy as np

from memory.index.kinds import nearest_exactly, recall_of
from memory.sameness import unit
from memory.store.latents import LatentStore

ASKED, K, AT_MOST = 200, 10, 20_000


def retention(store: LatentStore, former: str, new: str) -> float | None:
    """Share of the ten nearest in one space that are among the ten nearest in the other.

    Args:
        store: has the vectors of both spaces.
        former: fingerprint of one encoder.
        new: of the other.

    Returns:
        0 to 1, the mean over 200 examples among at most 20,000 that both spaces have; None if those are fewer than 12.
    """
    ids = store.shared(former, new, limit=AT_MOST)
    if len(ids) < K + 2:
        return None
    asked = np.linspace(0, len(ids) - 1, min(ASKED, len(ids))).astype(int)
    found: list[np.ndarray] = []
    for space in (former, new):
        vectors_ND = unit(store.of(space, ids))
        near_QK = nearest_exactly(vectors_ND, vectors_ND[asked], K + 1)
        # The nearest of all is the example itself, or one just like it.
        found.append(np.stack([row[row != own][:K] for row, own in zip(near_QK, asked, strict=True)]))
    return recall_of(found[1], found[0])
