"""One system in a process of its own: takes JSON lines on its standard input, answers each with one.

    python child.py SYSTEM FOLDER ITEMS.jsonl VECTORS.npy

Started by benchmarks/memory.py with the interpreter in which the system is installed. Whatever a library prints goes to
standard error. Resident memory is read from /proc, so this needs Linux.
"""

import itertools
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from system import Item, System

WARM_UP = 5
"""Queries asked before those that are timed: the first of the file, which are never timed."""


def opened(name: str, folder: Path) -> System:
    if name == "ours":
        from ours import Ours

        return Ours(folder)
    if name == "faiss":
        from bare_faiss import BareFaiss

        return BareFaiss(folder)
    if name == "chroma":
        from chroma_store import ChromaStore

        return ChromaStore(folder)
    from lance_store import LanceStore

    return LanceStore(folder, index=name.removeprefix("lance-"))


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Child:
    """Carries out what the parent asks; the methods are named after the requests."""

    def __init__(self, system: System, items: Iterator[str], vectors: Path):
        self._system, self._items, self._vectors = system, items, vectors
        self._taken = 0

    def add(self, count: int) -> dict[str, Any]:
        """Adds the next items as one batch."""
        batch = self._system.prepared(*self._next(count))
        began = time.perf_counter()
        self._system.add(batch)
        return {"seconds": time.perf_counter() - began}

    def settle(self, like: dict[str, Any]) -> dict[str, Any]:
        began = time.perf_counter()
        index = self._system.settle(like)
        seconds = time.perf_counter() - began
        return {"seconds": seconds, "index": index, "knobs": self._system.knobs(), "calls": list(self._system.calls)}

    def use(self, knobs: dict[str, Any]) -> dict[str, Any]:
        self._system.use(knobs)
        return {}

    def ask(self, call: str, queries: str, rows: tuple[int, int], skill: str | None, seconds: float) -> dict[str, Any]:
        """Asks query after query of these rows until all are answered or the time is up."""
        milliseconds: list[float] = []
        ids: list[list[str]] = []
        queries_QD = np.load(queries)
        until = time.perf_counter() + seconds
        for vector_D in queries_QD[:WARM_UP]:
            self._system.ask(call, vector_D, skill)
            if time.perf_counter() > until - seconds / 2:
                break
        for vector_D in queries_QD[slice(*rows)]:
            began = time.perf_counter()
            answer = self._system.ask(call, vector_D, skill)
            ended = time.perf_counter()
            milliseconds.append(1000 * (ended - began))
            ids.append(self._system.ids(answer))
            if ended > until:
                break
        return {"milliseconds": milliseconds, "ids": ids}

    def fresh(self, count: int) -> dict[str, Any]:
        """Adds the next items one by one, each followed by a query for it; both are timed together."""
        milliseconds: list[float] = []
        found = 0
        for _ in range(count):
            items, vectors_ND = self._next(1)
            vector_D, batch = vectors_ND[0].copy(), self._system.prepared(items, vectors_ND)
            began = time.perf_counter()
            self._system.add(batch)
            answer = self._system.ask("fresh", vector_D, None)
            milliseconds.append(1000 * (time.perf_counter() - began))
            found += self._system.ids(answer)[0] == items[0].id
        return {"milliseconds": milliseconds, "recall": found / count}

    def _next(self, count: int) -> tuple[list[Item], np.ndarray]:
        items = [Item(**json.loads(line)) for line in itertools.islice(self._items, count)]
        self._taken += count
        # A copy, so that no page of the file counts as this process's memory.
        return items, np.load(self._vectors, mmap_mode="r")[self._taken - count : self._taken].copy()

    def close(self) -> dict[str, Any]:
        self._system.close()
        return {}


def main() -> None:
    name, folder, items, vectors = sys.argv[1:]
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    with open(items) as lines:  # noqa: PTH123 (read line by line to the end of the process)
        child = Child(opened(name, Path(folder)), lines, Path(vectors))
        print(json.dumps({"resident_bytes": resident_bytes()}), file=out, flush=True)
        for line in sys.stdin:
            request = json.loads(line)
            answer = getattr(child, request.pop("do"))(**request)
            print(json.dumps(answer | {"resident_bytes": resident_bytes()}), file=out, flush=True)


if __name__ == "__main__":
    main()
