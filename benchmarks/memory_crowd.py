"""One home, many processes: some ask the memory, some write into it, all at once. Nothing may fail, nothing be lost.

    .venv/bin/python benchmarks/memory_crowd.py --seconds 60 --readers 8 --writers 2

Readers search by likeness, by likeness and words, and under a filter, read what they found, and open the memory anew
now and then. Writers remember batches (some of it known, some of it in other writing), wrong attempts, drop and restore
their own, and settle the index files. A reader complains when the version goes back, or when it finds what the store
does not hold; afterwards everything that a writer was told is done is looked for in the store and in its index.
Ends with 1 when anything failed. `--json` prints the figures as one line. SQLite, in a folder of its own.
"""

import argparse
import json
import multiprocessing
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from memory.filters import Filter
from memory.index.vectors import VectorIndex
from memory.latent_memory import LatentMemory
from memory.store.database import open_database
from memory.store.examples import ExampleStore
from memory.store.latents import LatentStore
from memory.store.versions import VersionStore
from reasoner.types.example import Example, Lineage, WrongAttempt
from reasoner.types.problem import Problem, Provenance

SPACE, WIDTH, BATCH, K = "crowd", 64, 16, 10
FIRST = 500
"""Examples that are there before anybody comes."""
SKILLS = ("add", "times", "less")


def problem(name: str, number: int) -> Problem:
    return Problem(
        id=f"p-{name}",
        domain="math",
        skill=SKILLS[number % len(SKILLS)],
        difficulty=1,
        question=f"How much is {name}?",
        steps=(f"{number}+1={number + 1}",),
        answer=str(number + 1),
        structure=name,
        provenance=Provenance(generator="benchmark", version="1", seed=0, parameters={}),
    )


def example(name: str, number: int, *, run: str) -> Example:
    lineage = Lineage(run=run, cycle=number // BATCH)
    return Example(id=name, problem=problem(name, number), source="self", teacher="student", lineage=lineage)


class Reader:
    """Asks, and notes how long each answer took and what was wrong with it."""

    def __init__(self, home: Path, seed: int):
        self._home, self._database = home, open_database(home)
        self._memory, self._store = LatentMemory(self._database, home, SPACE), ExampleStore(self._database)
        self._rng = np.random.default_rng([1, seed])
        self._version = self._asked = 0

    def act(self) -> None:
        vector = self._rng.normal(size=WIDTH).astype(np.float32)
        turn = self._asked % 4
        self._asked += 1
        if turn == 0:
            self._store.found(self._memory.nearest(vector, k=K).ids)
        elif turn == 1:
            self._memory.search(vector, k=K, words=f"How much is first-{self._rng.integers(FIRST)}?")
        elif turn == 2:
            self._memory.search(vector, k=K, only=Filter(skill=SKILLS[self._asked % len(SKILLS)]))
        else:
            found = self._memory.nearest(vector, k=K, correct=False)
            self._store.found_wrong(found.ids)
        version = self._memory.version
        assert version >= self._version, f"version {version} after {self._version}"
        self._version = version
        if self._asked % 50 == 0:
            self._memory = LatentMemory(self._database, self._home, SPACE)

    def done(self) -> dict[str, Any]:
        self._database.close()
        return {}


class Writer:
    """Remembers, drops, restores and settles, and notes what it was told is done."""

    def __init__(self, home: Path, seed: int):
        self._database = open_database(home)
        self._memory, self._versions = LatentMemory(self._database, home, SPACE), VersionStore(self._database)
        self._rng, self._run = np.random.default_rng([2, seed]), f"writer-{seed}"
        self._batches = 0
        self._own: list[str] = []
        self.held: set[str] = set()
        self.dropped: set[str] = set()
        self.learnt: set[str] = set()
        self.wrong: set[str] = set()

    def act(self) -> None:
        turn = self._batches % 8
        self._batches += 1
        if turn == 5:
            self._memory.settle()
        elif turn == 6 and self._own:
            self._drop()
        elif turn == 7:
            self._miss()
        else:
            self._learn()

    def _learn(self) -> None:
        numbers = range(self._batches * BATCH, (self._batches + 1) * BATCH)
        fresh = [example(f"{self._run}-{number}", number, run=self._run) for number in numbers]
        # Both writers learn these, and each in its own run.
        shared = [example(f"shared-{number}", number, run=self._run) for number in numbers[:4]]
        rewritten = [
            e.model_copy(
                update={
                    "id": f"{e.id}-again",
                    "problem": e.problem.model_copy(update={"question": e.problem.question.upper()}),
                }
            )
            for e in fresh[:2]
        ]
        items = [*fresh, *shared, *rewritten]
        vectors = self._rng.normal(size=(len(items), WIDTH)).astype(np.float32)
        added = self._memory.remember(items, vectors).added
        self.learnt.update(added)
        self.held.update(added)
        self._own += [e.id for e in fresh]

    def _drop(self) -> None:
        some = [self._own[place] for place in self._rng.integers(len(self._own), size=6)]
        self._versions.drop(some, kind="pruned", cause=self._run)
        self.held.difference_update(some)
        self.dropped.update(some)
        self._versions.restore(some[:3], cause=self._run)
        self.dropped.difference_update(some[:3])
        self.held.update(some[:3])

    def _miss(self) -> None:
        attempts = [
            WrongAttempt(
                id=f"{self._run}-wrong-{self._batches}-{place}",
                problem=problem(f"{self._run}-wrong-{self._batches}-{place}", place),
                steps=("1+1=3",),
                answer="3",
                lineage=Lineage(run=self._run, cycle=self._batches),
            )
            for place in range(4)
        ]
        self._memory.remember_wrong(attempts, self._rng.normal(size=(4, WIDTH)).astype(np.float32))
        self.wrong.update(attempt.id for attempt in attempts)

    def done(self) -> dict[str, Any]:
        self._database.close()
        sets = {"held": self.held, "dropped": self.dropped, "learnt": self.learnt, "wrong": self.wrong}
        return {"run": self._run, **sets}


def take_part(kind: str, home: str, seed: int, seconds: float, pipe: Connection) -> None:
    """A child's life: says that it is ready, waits for the start, acts until the time is up, tells what happened."""
    one = (Reader if kind == "reader" else Writer)(Path(home), seed)
    pipe.send("ready")
    pipe.recv()
    until, milliseconds, errors = time.perf_counter() + seconds, list[float](), list[str]()
    while (began := time.perf_counter()) < until:
        try:
            one.act()
        except Exception as error:  # All of them are counted, and printed at the end.
            errors.append(f"{type(error).__name__}: {error}"[:400])
        milliseconds.append(1000 * (time.perf_counter() - began))
    pipe.send({"kind": kind, "milliseconds": milliseconds, "errors": errors, **one.done()})


def crowd(home: Path, *, seconds: float, readers: int, writers: int) -> dict[str, Any]:
    """Lets them all at a home; figures, errors, and rows that are not as a writer left them."""
    database = open_database(home)
    first = [example(f"first-{number}", number, run="first") for number in range(FIRST)]
    vectors = np.random.default_rng(0).normal(size=(FIRST, WIDTH)).astype(np.float32)
    LatentMemory(database, home, SPACE).remember(first, vectors)
    database.close()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "faiss", "memory.latent_memory"])
    pipes: list[Connection] = []
    children = []
    for number in range(readers + writers):
        ours, theirs = context.Pipe()
        kind = "reader" if number < readers else "writer"
        child = context.Process(target=take_part, args=(kind, str(home), number, seconds, theirs), daemon=True)
        child.start()
        theirs.close()
        children.append(child)
        pipes.append(ours)
    for pipe in pipes:
        assert pipe.recv() == "ready"
    for pipe in pipes:
        pipe.send("go")
    told = [pipe.recv() for pipe in pipes]
    for child in children:
        child.join()
    return figures(told, seconds) | {"lost": lost(home, [one for one in told if one["kind"] == "writer"])}


def figures(told: Sequence[dict[str, Any]], seconds: float) -> dict[str, Any]:
    """Rates and times by kind, and all errors."""
    found: dict[str, Any] = {"seconds": seconds, "errors": [error for one in told for error in one["errors"]]}
    for kind in ("reader", "writer"):
        those = [one["milliseconds"] for one in told if one["kind"] == kind]
        times = np.array([time for those_of_one in those for time in those_of_one] or [0.0])
        found[kind] = {
            "processes": len(those),
            "operations": sum(map(len, those)),
            "per_second": sum(map(len, those)) / seconds,
            "p50_ms": float(np.percentile(times, 50)),
            "p99_ms": float(np.percentile(times, 99)),
            "max_ms": float(times.max()),
            "fewest": min(map(len, those), default=0),
            "errors": sum(len(one["errors"]) for one in told if one["kind"] == kind),
        }
    return found


def lost(home: Path, writers: Sequence[dict[str, Any]]) -> list[str]:
    """What is not as it was acknowledged, in the store or in the index."""
    database = open_database(home)
    store, latent_store = ExampleStore(database), LatentStore(database)
    gone: list[str] = []
    held, wrong_held = (set(store.ids(Filter(), correct=correct)) for correct in (True, False))
    for one in writers:
        members = {e.id for e in store.examples(run=one["run"], up_to_cycle=None)}
        gone += [f"{id}: not in the memory" for id in one["held"] - held]
        gone += [f"{id}: dropped, and in the memory" for id in one["dropped"] & held]
        gone += [f"{id}: not a member of {one['run']}" for id in one["learnt"] - one["dropped"] - members]
        gone += [f"{id}: a wrong attempt, not in the memory" for id in one["wrong"] - wrong_held]
    for correct, ids in ((True, held), (False, wrong_held)):
        gone += [f"{id}: without its latent" for id in latent_store.missing(SPACE, correct=correct)]
        index = VectorIndex(latent_store, home / "index" / SPACE, space=SPACE, correct=correct)
        gone += [
            f"{item.decode()}: index and store differ" for item in set(index.vectors()[0]) ^ {i.encode() for i in ids}
        ]
    database.close()
    with sqlite3.connect(home / "reasoner.db") as connection:
        said = connection.execute("PRAGMA integrity_check").fetchone()[0]
        worded = Counter(id for (id,) in connection.execute("SELECT id FROM memory_text"))
    connection.close()
    gone += [f"{id}: without its words, or with them twice" for id in held if worded[id] != 1]
    return gone if said == "ok" else [*gone, said]


def table(found: dict[str, Any]) -> str:
    rows = ["| | processes | operations/s | p50 ms | p99 ms | longest ms | errors |", "|---|" + "--:|" * 6]
    for kind in ("reader", "writer"):
        one = found[kind]
        times = " | ".join(f"{one[name]:,.1f}" for name in ("p50_ms", "p99_ms", "max_ms"))
        rows.append(f"| {kind}s | {one['processes']} | {one['per_second']:,.0f} | {times} | {one['errors']} |")
    return "\n".join([*rows, "", f"lost rows: {len(found['lost'])}", *found["lost"][:10], *found["errors"][:10]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--writers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = crowd(Path(folder), seconds=asked.seconds, readers=asked.readers, writers=asked.writers)
    print(json.dumps(found) if asked.json else table(found))
    sys.exit(1 if found["lost"] or found["errors"] else 0)


if __name__ == "__main__":
    main()
