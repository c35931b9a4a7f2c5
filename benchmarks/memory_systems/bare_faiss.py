"""Bare FAISS: an index like ours and a list of ids. No records, no filters, nothing durable until it is closed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from system import Item, K


class BareFaiss:
    """Vectors are gathered, then indexed at once when it is known how ours is made."""

    calls = ("ids",)

    def __init__(self, folder: Path):
        self._file = folder / "index.faiss"
        self._ids: list[str] = []
        self._batches: list[np.ndarray] = []
        self._index: Any = None

    def prepared(self, items: Sequence[Item], vectors_ND: np.ndarray) -> tuple[list[str], np.ndarray]:
        return [item.id for item in items], vectors_ND

    def add(self, batch: tuple[list[str], np.ndarray]) -> None:
        ids, vectors_ND = batch
        faiss.normalize_L2(vectors_ND)
        self._ids.extend(ids)
        self._batches.append(vectors_ND)

    def settle(self, like: dict[str, Any]) -> dict[str, Any]:
        width = self._batches[0].shape[1]
        self._index = _index(width, like)
        if not self._index.is_trained:
            self._index.train(np.concatenate(self._batches))
        while self._batches:
            self._index.add(self._batches.pop(0))
        return like

    def knobs(self) -> list[dict[str, Any]]:
        return []

    def use(self, knobs: dict[str, Any]) -> None:
        raise AssertionError(f"nothing to set, given {knobs!r}")

    def ask(self, call: str, vector_D: np.ndarray, skill: str | None) -> list[str]:
        query_1D = vector_D[None] / np.linalg.norm(vector_D)
        _, numbers_1K = self._index.search(query_1D, K)
        return [self._ids[number] for number in numbers_1K[0]]

    def ids(self, answer: list[str]) -> list[str]:
        return answer

    def close(self) -> None:
        faiss.write_index(self._index, str(self._file))


def _index(width: int, like: dict[str, Any]) -> Any:
    if like["kind"] == "flat":
        return faiss.IndexFlatIP(width)
    if like["kind"] == "hnsw":
        index = faiss.IndexHNSWFlat(width, like["links"], faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction, index.hnsw.efSearch = like["ef_construction"], like["ef_search"]
        return index
    assert like["kind"] == "ivf", f"{like!r}"
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(width), width, like["lists"], faiss.METRIC_INNER_PRODUCT)
    index.nprobe = like["probes"]
    return index
