"""Our memory: SQLite and the index beside it, `nearest` for ids and `search` for whole records."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from system import Item, K

from memory.filters import parse_filter
from memory.index.vectors import Neighbours
from memory.latent_memory import EVERYTHING, LatentMemory
from memory.store.database import open_database
from reasoner.types.example import Example, Lineage
from reasoner.types.problem import Problem, Provenance

SPACE = "benchmark"
LINEAGE = Lineage(run="benchmark", cycle=1, failure="f", teacher_call="c", verdict="v")
PROVENANCE = Provenance(generator="benchmark", version="1", seed=0, parameters={})


class Ours:
    """`LatentMemory` in a home of its own."""

    calls = ("ids", "records", "filtered", "fresh")

    def __init__(self, folder: Path):
        self._database = open_database(folder)
        self._memory = LatentMemory(self._database, folder, SPACE)

    def prepared(self, items: Sequence[Item], vectors_ND: np.ndarray) -> tuple[list[Example], np.ndarray]:
        return [_example(item) for item in items], vectors_ND

    def add(self, batch: tuple[list[Example], np.ndarray]) -> None:
        self._memory.remember(*batch)

    def settle(self, like: dict[str, Any]) -> dict[str, Any]:
        self._memory.settle()
        choice = self._memory.stats().index
        return {"kind": choice.kind, "effort": choice.effort}

    def knobs(self) -> list[dict[str, Any]]:
        return []

    def use(self, knobs: dict[str, Any]) -> None:
        raise AssertionError(f"nothing to set, given {knobs!r}")

    def ask(self, call: str, vector_D: np.ndarray, skill: str | None) -> Any:
        if call in ("ids", "fresh"):
            return self._memory.nearest(vector_D, k=K)
        only = EVERYTHING if skill is None else parse_filter([f"skill={skill}"])
        return self._memory.search(vector_D, k=K, only=only)

    def ids(self, answer: Any) -> list[str]:
        return answer.ids if isinstance(answer, Neighbours) else [found.example.id for found in answer]

    def close(self) -> None:
        self._database.close()


def _example(item: Item) -> Example:
    problem = Problem(
        id=f"p-{item.id}",
        domain="math",
        skill=item.skill,
        difficulty=len(item.steps),
        question=item.question,
        steps=tuple(item.steps),
        answer=item.answer,
        structure=item.id,
        provenance=PROVENANCE,
    )
    return Example(id=item.id, problem=problem, source="self", teacher="benchmark", lineage=LINEAGE)
