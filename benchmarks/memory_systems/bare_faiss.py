"""Bare FAISS: an index made as ours is, and a list of ids. No records, no filters, nothing durable until closed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from system import Item, K

from memory.index.kinds import new_index, set_effort


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
        vectors_ND = np.concatenate(self._batches)
        self._batches.clear()
        self._index = new_index(like["kind"], vectors_ND)
        set_effort(like["kind"], self._index, like["effort"])
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
