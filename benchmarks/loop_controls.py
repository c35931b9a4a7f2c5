"""The loop beside its controls, seed by seed: mined failures, uniform draws, no teacher, own search first, and ways of
using the memory.

    .venv/bin/python benchmarks/loop_controls.py --home .reasoner-controls --seeds 0 1 2 --cycles 5 --at-once 2

All arms of a seed begin from the same base, trained once, and see the same practice, gate and sealed problems.
`uniform` asks the teacher as often, about practice problems drawn without looking at the failures; `none` has no
teacher and learns from the student's own checked answers; `searched` thinks harder about failures first, learns from
what it then solves, and asks the teacher about the rest, at most as often. `spread` is `mined`, asking about what is
least like all that was learnt; `recalled` is `searched`, its searches seeded with four remembered solutions; `fast` is
`mined` with candidates that are additions of rank 16 to the base, within their budget of change. Arms run with one
thread each, `--at-once` side by side. The same command again continues. Prints one row per run, the means, and each arm
against the first on the same problems; accuracies are on the sealed set, `covered` is the share of practice questions,
mined in no cycle, that have an example near them at the end.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from agents.run_folder import read_records
from reasoner.config.settings import GateSettings
from reasoner.evaluation.comparison import compare
from reasoner.types.problem import Attempt

ARMS = {
    "mined": [],
    "uniform": ["mine.strategy=uniform"],
    "none": ["teacher.model=none"],
    "searched": ["mine.search=true"],
    "spread": ["mine.pick=farthest"],
    "recalled": ["mine.search=true", "search.recall=4"],
    "fast": ["train.adapter_rank=16"],
}


def run_arm(home: Path, config: str, cycles: int, seed: int, arm: str) -> dict[str, Any]:
    """One run to its end; its `done` event and the verdicts of its cycles."""
    command = [sys.executable, "-m", "reasoner.cli.main", "loop", "--json", "--home", str(home), "--config", config]
    words = ["--cycles", str(cycles), "--seed", str(seed), "compute.threads=1", *ARMS[arm]]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    ended = subprocess.run([*command, *words], capture_output=True, text=True, env=environment, check=False)
    if ended.returncode:
        raise SystemExit(f"{arm}, seed {seed}: exit code {ended.returncode}\n{ended.stderr}")
    done = json.loads(ended.stdout.splitlines()[-1])
    events = (home / "runs" / done["run"] / "events.jsonl").read_text().splitlines()
    told = [json.loads(line) for line in events]
    return {
        "arm": arm,
        "seed": seed,
        "done": done,
        "verdicts": [e["verdict"] for e in told if e["event"] == "decision"],
        "attempts": last_attempts(home / "runs" / done["run"], told, seed),
        # Arms share a home, so a lesson asked for by an earlier arm comes from the cache: it is a call all the same.
        "covered": [e["coverage"]["covered"] for e in told if e["event"] == "examples"],
        "calls": sum(e["calls"] + e["cached"] for e in told if e["event"] == "teacher"),
    }


def last_attempts(run: Path, told: list[dict[str, Any]], seed: int) -> list[Attempt]:
    """The last champion at the sealed problems, which are named by seed: each seed has its own."""
    reports = [e for e in told if e["event"] == "evaluation" and e["split"] == "sealed"]
    tried = read_records(run / reports[-1]["attempts_file"], Attempt)
    return [a.model_copy(update={"problem_id": f"{seed}/{a.problem_id}"}) for a in tried]


def against(first: list[dict[str, Any]], other: list[dict[str, Any]]) -> str:
    """All seeds of an arm against all seeds of the first, on the same problems."""
    one, two = ([a for r in sorted(arm, key=lambda r: r["seed"]) for a in r["attempts"]] for arm in (first, other))
    beside = compare(one, two, GateSettings())
    low, high = beside.ci95
    return f"{100 * beside.gain:+.1f} points [{100 * low:+.1f}, {100 * high:+.1f}], p {beside.p:.2g}, n {len(one)}"


def of(results: list[dict[str, Any]], arm: str) -> list[dict[str, Any]]:
    """The runs of one arm."""
    return [r for r in results if r["arm"] == arm]


def row(result: dict[str, Any]) -> str:
    """One run as a line of a Markdown table."""
    done = result["done"]
    sealed = done["sealed"]
    low, high = sealed["ci95"]
    promotions = result["verdicts"].count("promote")
    return (
        f"| {result['arm']} | {result['seed']} | {sealed['first']:.1%} | {sealed['last']:.1%} | "
        f"{100 * sealed['gain']:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}] | {promotions} | "
        f"{result['calls']} | {result['covered'][-1]:.1%} | `{done['fingerprint']}` |"
    )


def main() -> None:
    """Runs what is asked for and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path(".reasoner-controls"))
    parser.add_argument("--config", default="nano")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--arms", nargs="+", choices=list(ARMS), default=list(ARMS))
    parser.add_argument("--cycles", type=int, default=5)
    parser.add_argument("--at-once", type=int, default=2)
    given = parser.parse_args()
    with ThreadPoolExecutor(given.at_once) as pool:
        jobs = [
            pool.submit(run_arm, given.home, given.config, given.cycles, seed, arm)
            for arm in given.arms
            for seed in given.seeds
        ]
        results = [job.result() for job in jobs]
    print("| arm | seed | first | last | gain, 95% interval | promotions | calls | covered | fingerprint |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    print("\n".join(row(result) for result in results))
    for arm in given.arms:
        last = [r["done"]["sealed"]["last"] for r in of(results, arm)]
        if arm != given.arms[0]:
            print(f"{arm} against {given.arms[0]}: {against(*(of(results, a) for a in (given.arms[0], arm)))}")
        print(f"{arm}: mean {statistics.mean(last):.1%}, from {min(last):.1%} to {max(last):.1%}, {len(last)} seeds")


if __name__ == "__main__":
    main()
