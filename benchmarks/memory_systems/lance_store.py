"""lancedb in its own process: one table of Arrow rows, without an index or with one of its own kinds, tuned."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lancedb  # pyright: ignore[reportMissingImports]
import numpy as np
import pyarrow as pa
from lancedb.index import Bitmap, HnswSq, IvfFlat, IvfPq  # pyright: ignore[reportMissingImports]
from system import Item, K

FIELDS = [("id", pa.string()), ("question", pa.string()), ("answer", pa.string()), ("skill", pa.string())]
COLUMNS = ["id", "question", "steps", "answer", "skill", "_distance"]

INDICES: dict[str, Any] = {"ivf": IvfFlat, "pq": IvfPq, "hnsw": HnswSq}

KNOBS: dict[str, list[dict[str, Any]]] = {
    "flat": [],
    "ivf": [{"nprobes": n} for n in (1, 2, 4, 8, 16, 32, 64)],
    "pq": [{"nprobes": n, "refine_factor": r} for n, r in ((20, 5), (20, 20), (40, 20), (40, 50), (80, 100))],
    "hnsw": [
        {"nprobes": n, "ef": ef, "refine_factor": r}
        for n, ef, r in ((1, 20, 2), (2, 20, 2), (4, 40, 2), (8, 60, 3), (16, 100, 3), (32, 200, 5))
    ],
}
"""The methods of a query that are called, and what with."""


class LanceStore:
    """`flat` scans everything; `pq` is the kind of index that the library makes when it is not told which."""

    calls = ("ids", "records", "filtered", "fresh")

    def __init__(self, folder: Path, *, index: str):
        self._kind = index
        self._knobs: dict[str, Any] = {}
        self._database: Any = lancedb.connect(str(folder))
        self._table: Any = None

    def prepared(self, items: Sequence[Item], vectors_ND: np.ndarray) -> pa.Table:
        columns = {name: [getattr(item, name) for item in items] for name, _ in FIELDS}
        steps = pa.array([item.steps for item in items], type=pa.list_(pa.string()))
        vectors = pa.FixedSizeListArray.from_arrays(pa.array(vectors_ND.ravel()), vectors_ND.shape[1])
        return pa.table(columns | {"steps": steps, "vector": vectors})

    def add(self, batch: pa.Table) -> None:
        if self._table is None:
            self._table = self._database.create_table("items", batch)
        else:
            self._table.add(batch)

    def settle(self, like: dict[str, Any]) -> dict[str, Any]:
        self._table.optimize()
        if self._kind == "flat":
            return {"kind": "flat"}
        self._table.create_index("vector", config=INDICES[self._kind](distance_type="cosine"))
        self._table.create_index("skill", config=Bitmap())
        return {"kind": self._table.index_stats("vector_idx").index_type.lower()}

    def knobs(self) -> list[dict[str, Any]]:
        return KNOBS[self._kind]

    def use(self, knobs: dict[str, Any]) -> None:
        self._knobs = knobs

    def ask(self, call: str, vector_D: np.ndarray, skill: str | None) -> Any:
        query = self._table.search(vector_D).distance_type("cosine").limit(K)
        for name, value in self._knobs.items():
            query = getattr(query, name)(value)
        if skill is not None:
            query = query.where(f"skill = '{skill}'")
        if call in ("ids", "fresh"):
            return query.select(["id", "_distance"]).to_arrow()["id"].to_pylist()
        return query.select(COLUMNS).to_list()

    def ids(self, answer: Any) -> list[str]:
        return [row if isinstance(row, str) else row["id"] for row in answer]

    def close(self) -> None:
        self._table = self._database = None
