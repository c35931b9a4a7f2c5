"""Problems a second: solving side by side against one by one, with the same student and the same answers.

    .venv/bin/python benchmarks/evaluate.py --home .reasoner --threads 2

Takes the home's champion (or --checkpoint), and sealed problems. One by one is what a loop over `reasoner solve` would
do without its start-up. Both ways run in turn; prints medians, their ratio, and how many answers agree.
"""

import argparse
import statistics
import time
from pathlib import Path

import torch

from reasoner.bootstrap.home import open_home
from reasoner.config.loading import load_settings
from reasoner.data.sources import open_source
from reasoner.types.problem import Mode
from reasoner.types.student import Solved


def main() -> None:
    """Solves both ways and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path(".reasoner"))
    parser.add_argument("--checkpoint")
    parser.add_argument("--config", default="nano")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--problems", type=int, default=600)
    parser.add_argument("--single", type=int, default=100, help="of them solved one by one")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    place = open_home(given.home)
    picked = place.choose(given.checkpoint)
    chosen, student = picked.checkpoint, picked.student()
    settings = load_settings(given.config, [f"data.sealed_size={given.problems}"], {}, None)
    questions = [p.question for p in open_source(settings).sealed()]

    def together(mode: Mode) -> list[Solved]:
        return student.solve(questions, mode)

    def apart(mode: Mode) -> list[Solved]:
        return [student.solve([question], mode)[0] for question in questions[: given.single]]

    print(f"checkpoint {chosen.id}, {given.threads} threads, medians of {given.rounds} rounds")
    print("| mode | batched, problems/s | one by one, problems/s | ratio | same steps |")
    print("| --- | --- | --- | --- | --- |")
    modes: tuple[Mode, ...] = ("talk", "think")
    for mode in modes:
        batched, single, agree = list[float](), list[float](), 0
        for _ in range(given.rounds):
            began = time.perf_counter()
            many = together(mode)
            middle = time.perf_counter()
            few = apart(mode)
            batched.append(len(many) / (middle - began))
            single.append(len(few) / (time.perf_counter() - middle))
            agree = sum(a.steps == b.steps for a, b in zip(few, many, strict=False))
        fast, slow = statistics.median(batched), statistics.median(single)
        print(f"| {mode} | {fast:.0f} | {slow:.0f} | {fast / slow:.1f} | {agree} of {given.single} |")


if __name__ == "__main__":
    main()
