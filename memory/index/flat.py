"""Exact nearest neighbours by cosine, derived from the store and kept in a file to start quickly.

The store is the truth: an index file that is missing, damaged or not a beginning of what the store holds is made anew.
Shapes: vectors_ND and queries_QD, float32; scores are cosines in [-1, 1].
"""

import hashlib
import os
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydantic import ValidationError

from memory.store.examples import ExampleStore, Vector
from reasoner.types.record import Record


class Sidecar(Record):
    """What an index file holds, so that it can be told from a damaged or a stale one."""

    count: int
    dimension: int
    ids: str
    """SHA-256 of numbers and ids, in order."""
    sha256: str
    """Of the index file."""


class Neighbours(NamedTuple):
    """What a search found for one query, best first."""

    ids: list[str]
    scores: list[float]


class FlatIndex:
    """The vectors of one space in memory, beside the file they are kept in.

    Args:
        store: where the vectors come from.
        folder: `<home>/index/<space>`.
        space: fingerprint of the encoder.
        correct: of examples, or of wrong attempts.
    """

    def __init__(self, store: ExampleStore, folder: Path, *, space: str, correct: bool = True):
        self._store = store
        self._space = space
        self._correct = correct
        name = "right" if correct else "wrong"
        self._file = folder / f"{name}.faiss"
        self._sidecar = folder / f"{name}.json"
        self._entries: list[Vector] = []
        self._item: dict[int, str] = {}
        self._faiss: Any = None
        self.rebuilt = self._load()
        """Why the file could not be used; empty if it could."""

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def dimension(self) -> int:
        """Width of the vectors; 0 while there is none."""
        return 0 if self._faiss is None else self._faiss.d

    def refresh(self) -> int:
        """Takes in what the store has got since, from this process or another; returns how many vectors."""
        after = self._entries[-1].number if self._entries else 0
        entries, vectors_ND = self._store.vectors(self._space, correct=self._correct, after=after)
        if entries:
            self.add(entries, vectors_ND)
        return len(entries)

    def add(self, entries: Sequence[Vector], vectors_ND: np.ndarray) -> None:
        """Adds vectors that the store holds, in the order of their numbers. They are scaled to unit length."""
        import faiss

        if self._faiss is None:
            self._faiss = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors_ND.shape[1]))
        numbers = np.array([entry.number for entry in entries], dtype=np.int64)
        self._faiss.add_with_ids(unit(vectors_ND), numbers)
        self._entries.extend(entries)
        self._item.update((entry.number, entry.item) for entry in entries)

    def search(self, queries_QD: np.ndarray, k: int) -> list[Neighbours]:
        """The k nearest of each query by cosine, equal scores by id; fewer where there are not so many."""
        k = min(k, len(self))
        if k == 0:
            return [Neighbours([], []) for _ in queries_QD]
        scores_QK, numbers_QK = self._faiss.search(unit(queries_QD), k)
        return [
            self._neighbours(scores_K, numbers_K) for scores_K, numbers_K in zip(scores_QK, numbers_QK, strict=True)
        ]

    def save(self) -> None:
        """Writes file and sidecar; readers see the old or the new ones, and tell a mixture of them by its checksum."""
        if self._faiss is None:
            return
        import faiss

        content = faiss.serialize_index(self._faiss).tobytes()
        sidecar = Sidecar(
            count=len(self),
            dimension=self.dimension,
            ids=_ids_hash(self._entries),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        _replace(self._file, content)
        _replace(self._sidecar, sidecar.model_dump_json().encode())

    def rebuild(self) -> None:
        """Makes the index anew from the store and writes it."""
        self._entries, self._item, self._faiss = [], {}, None
        self.refresh()
        self.save()

    def _load(self) -> str:
        reason = self._read(self._store.entries(self._space, correct=self._correct))
        if self.refresh():
            self.save()
        return reason

    def _read(self, entries: Sequence[Vector]) -> str:
        """Takes the file for the first of the entries; returns why it cannot, or nothing."""
        import faiss

        if not (self._file.exists() and self._sidecar.exists()):
            return "missing" if entries else ""
        content = self._file.read_bytes()
        try:
            sidecar = Sidecar.model_validate_json(self._sidecar.read_bytes())
        except ValidationError:
            return "damaged"
        if hashlib.sha256(content).hexdigest() != sidecar.sha256:
            return "damaged"
        count = sidecar.count
        if count > len(entries) or sidecar.ids != _ids_hash(entries[:count]):
            return "stale"
        self._faiss = faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8))
        self._entries = list(entries[:count])
        self._item = {entry.number: entry.item for entry in self._entries}
        return ""

    def _neighbours(self, scores_K: np.ndarray, numbers_K: np.ndarray) -> Neighbours:
        found = [(self._item[int(number)], float(score)) for score, number in zip(scores_K, numbers_K, strict=True)]
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        return Neighbours([item for item, _ in found], [score for _, score in found])


def unit(vectors_ND: np.ndarray) -> np.ndarray:
    """The vectors at unit length, float32, contiguous. None of them may be zero."""
    lengths_N1 = np.linalg.norm(vectors_ND, axis=1, keepdims=True)
    assert (lengths_N1 > 0).all(), "a zero vector has no direction"
    return np.ascontiguousarray(vectors_ND / lengths_N1, dtype=np.float32)


def _ids_hash(entries: Sequence[Vector]) -> str:
    return hashlib.sha256("\n".join(f"{entry.number} {entry.item}" for entry in entries).encode()).hexdigest()


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    temporary.write_bytes(content)
    os.replace(temporary, path)  # noqa: PTH105 (the same call, and the name that says it is atomic)
