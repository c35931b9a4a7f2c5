"""Size after size: fills every system, tunes what can be tuned, asks in rounds, prints and writes the figures."""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from memory_systems.process import SystemProcess
from memory_systems.report import ENOUGH, Asked, Measured, bars, markdown, plain
from memory_systems.source import COMMON, RARE, Filled, exact, fill, ids

SYSTEMS = ("ours", "faiss", "chroma", "lance-flat", "lance-hnsw", "lance-ivf", "lance-pq")
INSTALLED = ("ours", "faiss")
"""These run under our own interpreter."""

K = 10
FRESH = 5
"""Items of a round that are added one by one and asked for."""

MARGIN = 0.005
"""Searches are tuned to this much more recall than is asked for, since they are measured on other queries."""


class Question(NamedTuple):
    """What is asked of every system that can answer it."""

    call: str
    skill: str | None


QUESTIONS = {
    "ids": Question("ids", None),
    "records": Question("records", None),
    "filtered": Question("filtered", COMMON[0]),
    "rare": Question("filtered", RARE),
}


class Rounds(NamedTuple):
    """Which queries are asked when. Those of round 0 warm up and tune; the others are measured once each."""

    measured: int
    queries: int
    """In a round."""
    seconds: float
    """For a round of one system, at most."""

    def rows(self, number: int) -> tuple[int, int]:
        """Rows of a round's queries."""
        return number * self.queries, (number + 1) * self.queries


class Truth:
    """The exact answers to all queries."""

    def __init__(self, files: Filled, skill: str | None, names: Sequence[str]):
        self.queries = str(files.queries)
        self._ids = [{names[number] for number in row} for row in exact(files, k=K, skill=skill)]

    def recall(self, first: int, answers: Sequence[Sequence[str]]) -> float:
        """Share of the exact answers that were found, of the queries from the first row on that were answered."""
        pairs = list(zip(answers, self._ids[first:], strict=False))
        return statistics.mean(len(exact.intersection(given)) / len(exact) for given, exact in pairs)


class Side:
    """One system of the comparison and what has been measured of it."""

    def __init__(self, process: SystemProcess):
        self.process = process
        self.resident = {"start": process.resident_bytes}
        self.seconds = 0.0
        self.index: dict[str, Any] = {}
        self.knobs: dict[str, Any] = {}
        self.calls: list[str] = []
        self._ladder: list[dict[str, Any]] = []

    def settle(self, like: dict[str, Any]) -> None:
        """Builds the index; the time counts as ingest."""
        settled = self.process.do("settle", like=like)
        self.seconds += settled["seconds"]
        self.index, self.calls, self._ladder = settled["index"], settled["calls"], settled["knobs"]
        self.resident["ingest"] = self.process.resident_bytes

    def tune(self, rounds: Rounds, truth: Truth) -> None:
        """Takes the first settings that reach the recall, or the most exact."""
        for knobs in self._ladder:
            self.process.do("use", knobs=knobs)
            self.knobs = knobs
            if self.ask(QUESTIONS["ids"], 0, rounds, truth)["recall"] >= ENOUGH + MARGIN:
                break

    def ask(self, question: Question, number: int, rounds: Rounds, truth: Truth) -> dict[str, Any]:
        """One round: `milliseconds` of each query and `recall` of all."""
        rows = rounds.rows(number)
        asked = self.process.do(
            "ask", **question._asdict(), queries=truth.queries, rows=rows, seconds=rounds.seconds
        )  # fmt: skip
        return {"milliseconds": asked["milliseconds"], "recall": truth.recall(rows[0], asked["ids"])}


def compared(options: argparse.Namespace, folder: Path, count: int) -> list[Measured]:
    """Measures every system at one size."""
    rounds = Rounds(options.rounds, options.queries, options.seconds)
    queries, spare = rounds.rows(rounds.measured)[1], FRESH * rounds.measured
    files = fill(folder / "source", count=count, spare=spare, queries=queries, seed=options.seed)
    names = ids(files)
    truths = {name: Truth(files, asked.skill, names) for name, asked in QUESTIONS.items()}
    sides: list[Side] = []
    try:
        for name in options.systems:
            python = Path(sys.executable) if name in INSTALLED else options.peers_python
            process = SystemProcess(name, python=python, folder=folder / name, items=files.items, vectors=files.vectors)
            sides.append(Side(process))
        _ingest(sides, count=count, batch=options.batch)
        for side in sides:
            side.tune(rounds, truths["ids"])
            _say(f"{side.process.name}: {side.index} {side.knobs}")
        asked = {name: _ask(sides, question, truths[name], rounds) for name, question in QUESTIONS.items()}
        asked["fresh"] = _add_and_ask(sides, rounds)
        return [_measured(side, count, asked) for side in sides]
    finally:
        for side in sides:
            side.process.stop()


def _ingest(sides: Sequence[Side], *, count: int, batch: int) -> None:
    for start in range(0, count, batch):
        for side in sides:
            side.seconds += side.process.do("add", count=min(batch, count - start))["seconds"]
        if start // batch % 10 == 9:
            _say(f"{start + batch:,} of {count:,}: " + ", ".join(f"{s.process.name} {s.seconds:.0f} s" for s in sides))
    for side in sides:
        # Ours comes first and says how its index is made, so that bare FAISS can make the same.
        side.settle(sides[0].index)


def _ask(sides: Sequence[Side], question: Question, truth: Truth, rounds: Rounds) -> dict[str, Asked]:
    able = [side for side in sides if question.call in side.calls]
    found: dict[str, list[dict[str, Any]]] = {side.process.name: [] for side in able}
    for number in range(1, rounds.measured + 1):
        for side in able:
            found[side.process.name].append(side.ask(question, number, rounds, truth))
    return _summed(found)


def _add_and_ask(sides: Sequence[Side], rounds: Rounds) -> dict[str, Asked]:
    able = [side for side in sides if "fresh" in side.calls]
    found: dict[str, list[dict[str, Any]]] = {side.process.name: [] for side in able}
    for _ in range(rounds.measured):
        for side in able:
            found[side.process.name].append(side.process.do("fresh", count=FRESH))
    return _summed(found)


def _summed(found: dict[str, list[dict[str, Any]]]) -> dict[str, Asked]:
    return {
        name: Asked([one["milliseconds"] for one in asked], statistics.mean(one["recall"] for one in asked))
        for name, asked in found.items()
    }


def _measured(side: Side, count: int, asked: dict[str, dict[str, Asked]]) -> Measured:
    name = side.process.name
    side.resident["queries"] = side.process.resident_bytes
    return Measured(
        name=name,
        made=side.index,
        knobs=side.knobs,
        items_per_second=count / side.seconds,
        disk_bytes=side.process.close(),
        resident_bytes=side.resident,
        asked={question: by_name[name] for question, by_name in asked.items() if name in by_name},
    )


def main() -> None:
    options = _options()
    found: dict[str, Any] = {"options": {name: str(value) for name, value in vars(options).items()}, "sizes": {}}
    for count in options.sizes + [1_000_000] * options.million:
        folder = Path(tempfile.mkdtemp(prefix="memory-", dir=options.folder))
        try:
            began = time.perf_counter()
            systems = compared(options, folder, count)
            _say(f"{count:,} items took {time.perf_counter() - began:.0f} s")
        finally:
            shutil.rmtree(folder)
        print(markdown(count, systems))
        held = bars(systems)
        for bar in held:
            print("- {question}: our p50 is {ratio:.2f} of {against}: {verdict}".format(**bar))
        print(flush=True)
        found["sizes"][count] = {"systems": plain(systems), "bars": held}
        if options.out is not None:
            options.out.write_text(json.dumps(found, indent=1) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--million", action="store_true", help="1M too: about 20 GB of disk and 15 GB of memory")
    parser.add_argument("--systems", nargs="+", default=list(SYSTEMS), choices=SYSTEMS)
    parser.add_argument("--peers-python", type=Path, help="interpreter with benchmarks/memory-peers.txt installed")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--queries", type=int, default=40, help="in a round, at most")
    parser.add_argument("--seconds", type=float, default=3.0, help="for a round of one system, at most")
    parser.add_argument("--batch", type=int, default=1000, help="items handed out at once")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="where the systems keep their files meanwhile")
    parser.add_argument("--out", type=Path, help="JSON file of all figures")
    options = parser.parse_args()
    if options.systems[0] != "ours":
        parser.error(f"--systems {options.systems[0]!r} comes first, expected 'ours': bare FAISS copies its index")
    if options.peers_python is None and not set(options.systems) <= set(INSTALLED):
        parser.error("--peers-python is not given: name the interpreter of the peers, or --systems ours faiss")
    return options


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
