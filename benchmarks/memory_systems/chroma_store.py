"""chromadb in its own process: a persistent client, cosine, everything else as it comes; `ef_search` is tuned."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import chromadb  # pyright: ignore[reportMissingImports]
import numpy as np
from chromadb.config import Settings  # pyright: ignore[reportMissingImports]
from system import Item, K

SEARCHED = (10, 20, 40, 70, 100, 150, 200, 400, 800)
"""Candidates of a search in its HNSW graph (`ef_search`); 100 is the library's own."""

INCLUDED: dict[str, list[str]] = {"ids": [], "records": ["documents", "metadatas", "distances"]}


class ChromaStore:
    """The question is the document; steps, answer and skill are metadata."""

    calls = ("ids", "records", "filtered", "fresh")

    def __init__(self, folder: Path):
        self._folder = folder
        self._client = self._opened()
        configuration = {"hnsw": {"space": "cosine"}}
        self._items = self._client.create_collection("items", embedding_function=None, configuration=configuration)

    def prepared(self, items: Sequence[Item], vectors_ND: np.ndarray) -> dict[str, Any]:
        return {
            "ids": [item.id for item in items],
            "embeddings": vectors_ND,
            "documents": [item.question for item in items],
            "metadatas": [{"skill": item.skill, "answer": item.answer, "steps": item.steps} for item in items],
        }

    def add(self, batch: dict[str, Any]) -> None:
        self._items.add(**batch)

    def settle(self, like: dict[str, Any]) -> dict[str, Any]:
        made = self._items.configuration["hnsw"]
        return {"kind": "hnsw", "links": made["max_neighbors"], "ef_construction": made["ef_construction"]}

    def knobs(self) -> list[dict[str, Any]]:
        return [{"ef_search": searched} for searched in SEARCHED]

    def use(self, knobs: dict[str, Any]) -> None:
        self._items.modify(configuration={"hnsw": knobs})
        # An index that is loaded keeps the number it was loaded with.
        self._client.close()
        self._client = self._opened()
        self._items = self._client.get_collection("items", embedding_function=None)

    def ask(self, call: str, vector_D: np.ndarray, skill: str | None) -> dict[str, Any]:
        include = INCLUDED["ids" if call in ("ids", "fresh") else "records"]
        where = None if skill is None else {"skill": skill}
        return self._items.query(query_embeddings=[vector_D], n_results=K, include=include, where=where)

    def ids(self, answer: dict[str, Any]) -> list[str]:
        return answer["ids"][0]

    def close(self) -> None:
        self._client.close()

    def _opened(self) -> Any:
        return chromadb.PersistentClient(str(self._folder), settings=Settings(anonymized_telemetry=False))
