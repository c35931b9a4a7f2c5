"""What tracing costs: the nodes of a run with it and without it, alternated in one process, pair by pair.

    .venv/bin/python benchmarks/tracing.py --pairs 15

Runs one cycle of the tiny preset with larger sets and searched failures, then lets every node of that cycle but the
ones that wait for a training process (`verifier`, `train`) run again, in turn with and without a trace; nodes may run
twice, and the second time changes nothing. Prints, for each node and for all, the median seconds without, what tracing
adds (the median of the paired differences with its interval), and that as a share of the nodes' and of the whole
cycle's time. Pairs are of processor time, which neighbours on the machine sway less; what the tracer itself waits for,
such as the disk, is in the wall time spent within its methods, which is told beside it. The order within a pair changes
from pair to pair.
"""

import argparse
import dataclasses
import gc
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from agents.events import EventLog
from agents.graphs.improve import CYCLE
from agents.inheritance import inherit
from agents.parts import Parts
from agents.reporting.events import of_kind, read_events
from agents.run_folder import RunFolder
from agents.state import ImproveState
from agents.tracing.tracer import Tracer
from memory.store.runs import RunStore
from reasoner.bootstrap.home import open_home
from reasoner.bootstrap.loop import run_loop
from reasoner.bootstrap.run_parts import parts_of
from reasoner.config.loading import load_settings

WORDS = (
    "data.practice_size=400",
    "data.gate_size=300",
    "teacher.calls=40",
    "mine.search=true",
    "search.width=2",
    "search.candidates=4",
    "verifier.updates=20",
    "verifier.questions=16",
    "verifier.candidates=4",
    "compute.threads=1",
)
WAITING = ("verifier", "train")
"""Nodes that wait for a process of their own, which nothing traces."""


def quiet(*_: object) -> None:
    """Nobody listens."""


def made_run(home: Path) -> str:
    settings = load_settings("tiny", WORDS, {}, None)
    return run_loop(settings, home=home, cycles=1, fresh=False, listener=quiet, progress=quiet).run


def both(home: Path, run: str) -> tuple[Parts, Parts]:
    """What the nodes work with, untraced and traced, with one student for both."""
    place = open_home(home)
    settings = load_settings("tiny", WORDS, {}, None)
    row = RunStore(place.database()).get(run)
    traced = parts_of(place, settings, row, cycles=1, listener=quiet, progress=quiet)
    assert traced.trace.on
    silent = EventLog(traced.folder.root, run, quiet)
    return dataclasses.replace(traced, trace=Tracer(None), events=silent), traced


def worked(name: str, state: dict[str, Any], parts: Parts) -> float:
    """Processor seconds that a node takes, as the graph runs it."""
    node = dict(CYCLE)[name]
    given = cast(ImproveState, dict(state))
    gc.collect()
    began = time.process_time()
    with parts.trace.visit(1, name, given) as outcome:
        outcome.out = node(given, parts)
    return time.process_time() - began


class Within:
    """Wall seconds spent within the methods of a tracer, those that call each other counted once."""

    METHODS = ("_begin", "_end", "tell", "keep_latents")

    def __init__(self, tracer: Tracer) -> None:
        self.seconds, self._depth = 0.0, 0
        for name in self.METHODS:
            setattr(tracer, name, self._counted(getattr(tracer, name)))

    def _counted(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            self._depth += 1
            began = time.perf_counter()
            try:
                return method(*args, **named)
            finally:
                self._depth -= 1
                if not self._depth:
                    self.seconds += time.perf_counter() - began

        return call


def interval(values: list[float]) -> tuple[float, float]:
    """Of the median, 95%, by the order of the values (a sign test turned round)."""
    ordered, n = sorted(values), len(values)
    cut = max(0, int((n - 1.96 * n**0.5) / 2))
    return ordered[cut], ordered[n - 1 - cut]


def line(name: str, without: list[float], added: list[float]) -> str:
    low, high = interval(added)
    usual, more = statistics.median(without), statistics.median(added)
    share = f"{100 * more / usual:+.2f}% [{100 * low / usual:+.2f}, {100 * high / usual:+.2f}]"
    return f"{name:<10} {1000 * usual:>9.1f} ms {1000 * more:>+8.2f} ms  {share}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=15)
    pairs = parser.parse_args().pairs
    home = Path(tempfile.mkdtemp(prefix="tracing-"))
    try:
        run = made_run(home)
        events = read_events(RunFolder(home, run).root)
        names = [e["node"] for e in of_kind(events, "node") if e["cycle"] == 1]
        cycle = sum(e["seconds"] for e in of_kind(events, "node") if e["cycle"] == 1)
        order = [name for name, _ in CYCLE]
        states = {
            n: inherit(events, order, parent=run, fork=run, node=n, cycle=1, kin=())[0].state
            for n in names
            if n not in WAITING
        }
        silent, traced = both(home, run)
        within = Within(traced.trace)
        seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in states}
        for pair in range(pairs + 1):
            within.seconds = within.seconds if pair > 1 else 0.0
            for name, state in states.items():
                turns = (silent, traced) if pair % 2 else (traced, silent)
                took = {parts is traced: worked(name, state, parts) for parts in turns}
                if pair:  # the first warms up
                    seconds[name].append((took[False], took[True]))
        print(f"{'node':<10} {'without':>12} {'tracing adds':>11}  share of the node [95%]")
        for name, pairs_of in seconds.items():
            print(line(name, [off for off, _ in pairs_of], [on - off for off, on in pairs_of]))
        sums = [[sum(seconds[name][i][side] for name in seconds) for i in range(pairs)] for side in (0, 1)]
        added = [on - off for off, on in zip(*sums, strict=True)]
        print(line("all", sums[0], added))
        low, high = interval(added)
        told = {
            "pairs": pairs,
            "nodes_seconds": round(statistics.median(sums[0]), 4),
            "added_seconds": round(statistics.median(added), 5),
            "share_of_nodes": round(statistics.median(added) / statistics.median(sums[0]), 5),
            "cycle_seconds": round(cycle, 2),
            "share_of_cycle": round(statistics.median(added) / cycle, 5),
            "share_of_cycle_95": [round(low / cycle, 5), round(high / cycle, 5)],
            "within_tracer_seconds": round(within.seconds / pairs, 5),
            "within_tracer_share_of_cycle": round(within.seconds / pairs / cycle, 5),
            "events_a_cycle": sum(1 for _ in RunFolder(home, run).trace.open()) // (pairs + 2),
        }
        print(json.dumps(told))
        sys.exit(0 if told["within_tracer_share_of_cycle"] <= 0.02 else 1)
    finally:
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
