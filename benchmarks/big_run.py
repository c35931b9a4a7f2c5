"""How quickly a big run answers: 50 cycles and 100,000 events, written by the real tracer into a home of its own.

    .venv/bin/python benchmarks/big_run.py --cycles 50 --events 100000 --runs 20

Prints the seconds (median and worst of several tries, each a process of its own) of `runs list` and of `trace` in its
forms, and the sizes of the files. `--home DIR` leaves the home for other looks at it.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from agents.events import EventLog
from agents.run_folder import RunFolder
from agents.tracing.tracer import Tracer
from memory.store.database import open_database
from memory.store.runs import RunStore

NODES = (
    "evaluate",
    "verifier",
    "search",
    "mine",
    "teach",
    "check",
    "remember",
    "train",
    "examine",
    "decide",
    "report",
)
CALLS = 120
TRIES = 5


def evaluation(split: str, checkpoint: str, accuracy: float) -> dict[str, object]:
    rates = {"n": 100, "right": 50, "accuracy": 0.5, "ci95": [0.4, 0.6]}
    buckets = {"by_skill": dict.fromkeys(("add", "times", "share", "rates"), rates), "by_difficulty": {"1": rates}}
    overall = {
        "n": 600,
        "right": round(600 * accuracy),
        "accuracy": accuracy,
        "ci95": [accuracy - 0.04, accuracy + 0.04],
    }
    where = {"checkpoint": checkpoint, "split": split, "attempts_file": f"evals/0/{split}.jsonl", "mode": "talk"}
    return {**where, **buckets, **overall, "seconds": 3.0}


def worked(trace: Tracer, events: EventLog, cycle: int, node: str, *, inner: int) -> None:
    """One node: what it tells, and as many events of a search as are asked for."""
    champion, candidate = f"big-c{cycle - 1}", f"big-c{cycle}"
    with trace.visit(cycle, node, {"cycle": cycle, "champion": champion}) as outcome:
        if node == "evaluate":
            events.write(f"{cycle}/practice", "evaluation", cycle, **evaluation("practice", champion, 0.5))
        if node == "search":
            for step in range(inner):
                told = {"part": "propose", "batch": step // 50, "seconds": 0.002, "questions": 32, "in": {"step": 0}}
                trace.tell("solve", cycle, **told)
        if node == "teach":
            for call in range(CALLS):
                told = {"call": f"{cycle:08x}{call:08x}", "model": "builtin/expert", "problem": f"math-{cycle}-{call}"}
                spent = {"prompt_tokens": 240, "completion_tokens": 160, "usd": 0.0, "seconds": 0.3, "requests": 1}
                trace.tell("call", **told, **spent, state="done", cached=False)
        if node == "check":
            counts = {"calls": CALLS, "cached": 0, "accepted": 400, "rejected": 90, "usd": 0.01}
            events.write(f"{cycle}/teacher", "teacher", cycle, **counts)
        if node == "train":
            job = {"job": f"{cycle:016x}", "state": "succeeded", "seconds": 40.0, "result": {}}
            events.write(f"{cycle}/job", "job", cycle, **job)
        if node == "decide":
            decided = {
                "verdict": "promote",
                "wins": 60,
                "losses": 20,
                "p": 1e-5,
                "alpha": 0.01,
                "reason": "proven better",
            }
            events.write(f"{cycle}/decision", "decision", cycle, candidate=candidate, champion=champion, **decided)
        if node == "report":
            events.write(f"{cycle}/sealed", "evaluation", cycle, **evaluation("sealed", candidate, 0.4 + cycle / 100))
            events.write(f"{cycle}/end", "cycle", cycle, champion=candidate, seconds=60.0 * cycle)
        outcome.out = {"cycle": cycle}
    events.write(f"{cycle}/node/{node}", "node", cycle, node=node, seconds=1.0, out={"cycle": cycle})


def make(home: Path, run: str, *, cycles: int, events: int) -> None:
    database, folder = open_database(home), RunFolder(home, run)
    RunStore(database).create(run, run, {}, 0)
    database.close()
    trace = Tracer(folder)
    log = EventLog(folder.root, run, lambda _: None, trace=trace)
    log.write("launch/0", "launch", home="big", config_hash=run, git="", start=0)
    inner = max(0, events // cycles - CALLS - 2 * len(NODES) - 8)
    for cycle in range(1, cycles + 1):
        for node in NODES:
            worked(trace, log, cycle, node, inner=inner)


def timed(home: Path, *words: str) -> tuple[float, float, float]:
    """Median and worst seconds of a command, and its median seconds of processor time, which neighbours do not sway."""
    command = [sys.executable, "-m", "reasoner.cli.main", *words, "--home", str(home)]
    took: list[float] = []
    worked: list[float] = []
    for _ in range(TRIES):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "COLUMNS": "120"})
        took.append(time.perf_counter() - began)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        worked.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return statistics.median(took), max(took), statistics.median(worked)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cycles", type=int, default=50)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=20, help="runs of the home; the others are small")
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    home = given.home or Path(tempfile.mkdtemp(prefix="big-run-"))
    try:
        make(home, "big", cycles=given.cycles, events=given.events)
        for number in range(1, given.runs):
            make(home, f"small-{number}", cycles=3, events=600)
        folder = RunFolder(home, "big")
        for path in (folder.trace, folder.visits, folder.root / "events.jsonl"):
            lines = path.read_bytes().count(b"\n")
            print(f"{path.name:<20} {lines:>8} lines {path.stat().st_size / 1e6:>8.2f} MB")
        middle = str(given.cycles // 2)
        for words in (
            ("runs", "list"),
            ("trace", "big"),
            ("trace", "big", "--cycle", middle),
            ("trace", "big", "--cycle", middle, "--node", "search"),
            ("trace", "big", "--node", "teach"),
            ("trace", "big", "--mermaid"),
            ("trace", "big", "--json"),
        ):
            median, worst, cpu = timed(home, *words)
            print(
                f"{' '.join(words):<36} {median:.2f} s (worst of {TRIES}: {worst:.2f}), {cpu:.2f} s of CPU", flush=True
            )
    finally:
        if given.home is None:
            shutil.rmtree(home)


if __name__ == "__main__":
    main()
