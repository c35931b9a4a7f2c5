"""How long commands take to start and answer, beside `python -c 'import torch'` on the same machine.

    python benchmarks/startup.py --home .reasoner            # a home with a champion and a filled memory
    python benchmarks/startup.py --home .reasoner --runs 11 --only solve

Prints medians of wall-clock seconds and of processor seconds (user and system), and both as ratios to importing torch.
The processor seconds are the ones to compare on a machine that does other work too.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

BASELINE = "import torch"
COMMANDS: dict[str, tuple[str, ...]] = {
    "--help": ("--help",),
    "runs list": ("runs", "list"),
    "models list": ("models", "list"),
    "trace": ("trace", "latest"),
    "memory search": ("memory", "search", "Ann has 3 apples and buys 4 more"),
    "doctor": ("doctor",),
    "solve": ("solve", "Ann has 3 apples. She buys 4 more apples. How many apples does Ann have now?"),
}


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Wall-clock and processor seconds of one child process."""
    before = os.times()
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    wall, after = time.perf_counter() - began, os.times()
    if done.returncode != 0:
        raise SystemExit(f"{command[-1]!r} ended with {done.returncode}: {done.stderr.strip()}")
    spent = after.children_user - before.children_user + after.children_system - before.children_system
    return wall, spent


def medians(command: list[str], environment: dict[str, str], runs: int) -> tuple[float, float]:
    """Of several runs, after one that fills the file cache."""
    measured(command, environment)
    walls, spent = zip(*(measured(command, environment) for _ in range(runs)), strict=True)
    return median(walls), median(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True, help="a home with a finished run")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", help="one of the commands", choices=COMMANDS)
    options = parser.parse_args()
    environment = os.environ | {"REASONER_HOME": str(options.home.absolute())}
    base = medians([sys.executable, "-c", BASELINE], environment, options.runs)
    print(f"{'':16}{'wall s':>8}{'cpu s':>8}{'wall/torch':>12}{'cpu/torch':>11}")
    print(f"{BASELINE:16}{base[0]:8.2f}{base[1]:8.2f}{1:12.2f}{1:11.2f}")
    for name, words in COMMANDS.items():
        if options.only in (None, name):
            command = [sys.executable, "-m", "reasoner", *words]
            wall, spent = medians(command, environment, options.runs)
            print(f"{name:16}{wall:8.2f}{spent:8.2f}{wall / base[0]:12.2f}{spent / base[1]:11.2f}")


if __name__ == "__main__":
    main()
