"""What a warm `reasoner.open(...).solve` costs above the student's own forward.

    reasoner train --home /tmp/overhead --config tiny
    python benchmarks/python_overhead.py --home /tmp/overhead

Prints medians in milliseconds, of the wall clock and of processor time, and their ratio. Compare processor time
on a machine that does other work too. Both ask in turn, so that what disturbs one disturbs the other.
"""

import argparse
import time
from collections.abc import Callable
from statistics import median

import reasoner
from reasoner.bootstrap.home import Home
from reasoner.training.threads import computing_with

QUESTION = "Ann has 3 apples. Ann buys 4 more apples. How many apples does Ann have now?"


def timed(ask: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of the wall clock, and of this process's processor time."""
    wall, spent = time.perf_counter(), time.process_time()
    ask()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", required=True, help="a home with a champion")
    parser.add_argument("--runs", type=int, default=200)
    options = parser.parse_args()
    with reasoner.open(options.home) as r:
        student = Home(r.home).choose(None).student()

        def forward() -> object:
            with computing_with(1):
                return student.solve([QUESTION])

        forward()
        r.solve(QUESTION)
        alone, whole = zip(
            *((timed(forward), timed(lambda: r.solve(QUESTION))) for _ in range(options.runs)), strict=True
        )
    print(f"{'':24}{'wall ms':>10}{'cpu ms':>10}")
    middle = [[median(column) for column in zip(*rows, strict=True)] for rows in (alone, whole)]
    for name, (wall, spent) in zip(("the student's forward", "solve"), middle, strict=True):
        print(f"{name:24}{wall:10.2f}{spent:10.2f}")
    above = [after - before for before, after in zip(*middle, strict=True)]
    ratio = [after / before for before, after in zip(*middle, strict=True)]
    print(f"{'above it':24}{above[0]:10.2f}{above[1]:10.2f}")
    print(f"{'ratio':24}{ratio[0]:10.2f}{ratio[1]:10.2f}")


if __name__ == "__main__":
    main()
