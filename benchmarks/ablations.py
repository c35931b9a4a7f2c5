"""What each choice of the student's design is worth: trained from scratch with it and without, over seeds.

    .venv/bin/python benchmarks/ablations.py --home .reasoner-ablations --seeds 0 1 2 --updates 1250 --at-once 2

All students see problems of every difficulty and are examined on the same 600 gate problems of their seed, whose
structures training never sees; the sealed set is left alone. One thread a student, `--at-once` side by side. Students
that are trained are not trained again, so the same command continues. Prints a row per student, then for each arm the
means over seeds and the paired difference from the first arm, with its exact sign test, all seeds together.
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

from reasoner.evaluation.statistics import mcnemar_exact, paired_gain

COMMON = ["compute.threads=1", "compute.processes=1"]
WITHOUT_WORDS = ["student.slot_words=false", "student.slots=4"]
WITHOUT_SPELLER, WITHOUT_OWN = ["student.speller=false"], ["loss.own_latents=0"]
ARMS = {
    "all": [],
    "without slot words": WITHOUT_WORDS,
    "without speller": WITHOUT_SPELLER,
    "without own latents": WITHOUT_OWN,
    "without any": [*WITHOUT_WORDS, *WITHOUT_SPELLER, *WITHOUT_OWN],
    "without attention norm": ["student.attention_norm=false"],
    "with anchor": ["student.anchor=true"],
    "with two passes": ["student.predictor_passes=2"],
    "with two judged passes": ["student.predictor_passes=2", "loss.pass_weight=0.5"],
    "with one space": ["student.one_space=true"],
    "with width 128": ["student.width=128"],
}


def tell(home: Path, command: str, *words: str) -> dict[str, Any]:
    """Runs a command of `reasoner`; its last record."""
    line = [sys.executable, "-m", "reasoner.cli.main", command, "--json", "--home", str(home), *words]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(line, capture_output=True, text=True, env=environment, check=False)
    if ended.returncode:
        raise SystemExit(f"{' '.join(line)}: exit code {ended.returncode}\n{ended.stderr}")
    return json.loads(ended.stdout.splitlines()[-1])


def run_arm(home: Path, config: str, updates: int, seed: int, arm: str) -> dict[str, Any]:
    """One student, trained and examined in both modes."""
    words = ["--config", config, "--seed", str(seed), *COMMON, f"train.base_updates={updates}", *ARMS[arm]]
    made = tell(home, "train", *words)
    reports = {
        mode: tell(home, "evaluate", *words, "--checkpoint", made["id"], "--split", "gate", "--mode", mode)
        for mode in ("talk", "think")
    }
    print(f"{arm}, seed {seed}: {made['id']} is done", file=sys.stderr)
    return {"arm": arm, "seed": seed, "fingerprint": made["fingerprint"], "home": home, **reports}


def right(result: dict[str, Any], mode: str) -> list[bool]:
    """Whether each of the problems was solved, in their order."""
    rows = (result["home"] / result[mode]["attempts_file"]).read_text().splitlines()
    return [json.loads(row)["outcome"] == "right" for row in rows]


def row(result: dict[str, Any]) -> str:
    """One student as a line of a Markdown table."""
    cells = [
        f"{result[mode]['accuracy']:.1%} [{100 * result[mode]['ci95'][0]:.1f}, {100 * result[mode]['ci95'][1]:.1f}]"
        for mode in ("talk", "think")
    ]
    share = result["think"]["accuracy"] / max(result["talk"]["accuracy"], 1e-9)
    return f"| {result['arm']} | {result['seed']} | {' | '.join(cells)} | {share:.0%} | `{result['fingerprint']}` |"


def against(first: list[dict[str, Any]], other: list[dict[str, Any]], mode: str) -> str:
    """What the first arm is better by, all seeds together."""
    mine, theirs = ([done for r in results for done in right(r, mode)] for results in (first, other))
    wins = sum(a and not b for a, b in zip(mine, theirs, strict=True))
    losses = sum(b and not a for a, b in zip(mine, theirs, strict=True))
    gain, (low, high) = paired_gain(wins, losses, len(mine))
    p = min(1.0, 2 * mcnemar_exact(max(wins, losses), min(wins, losses)))
    return f"{mode} {100 * gain:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}], {wins} wins, {losses} losses, p {p:.1e}"


def main() -> None:
    """Runs what is asked for and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path(".reasoner-ablations"))
    parser.add_argument("--config", default="thinker")
    parser.add_argument("--updates", type=int, default=1250)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--arms", nargs="+", choices=list(ARMS), default=list(ARMS))
    parser.add_argument("--at-once", type=int, default=2)
    given = parser.parse_args()
    with ThreadPoolExecutor(given.at_once) as pool:
        asked = [(seed, arm) for arm in given.arms for seed in given.seeds]
        jobs = [pool.submit(run_arm, given.home, given.config, given.updates, seed, arm) for seed, arm in asked]
        results = [job.result() for job in jobs]
    print("| arm | seed | talk, 95% interval | think | share | fingerprint |\n| --- | --- | --- | --- | --- | --- |")
    print("\n".join(row(result) for result in results))
    by_arm = {arm: [r for r in results if r["arm"] == arm] for arm in given.arms}
    first = by_arm[given.arms[0]]
    for arm, members in by_arm.items():
        means = ", ".join(f"{m} {statistics.mean(r[m]['accuracy'] for r in members):.1%}" for m in ("talk", "think"))
        beside = "" if members is first else "; " + "; ".join(against(first, members, m) for m in ("talk", "think"))
        print(f"{arm}: mean {means}{beside}")


if __name__ == "__main__":
    main()
