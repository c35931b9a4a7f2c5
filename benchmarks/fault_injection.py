"""Faults of the system in the middle of commands: a table of what became of them.

    python benchmarks/fault_injection.py --points 300 [--only import,loop] [--seed 0]

Each point is one system call of one class below the home of one command, which ends with an error instead (a full disk,
a failing disk, a file that may not be written ...); then the same command is started again without it. Every start must
end in words with a known code, and nothing that was said to be done may be gone. Needs Linux and a C compiler.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from errno import ENOSPC, EROFS, errorcode
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "tests"))

from fault_tasks import tasks
from fault_trial import FAULTS, Task, Trial, points, shim, try_fault


def main() -> None:
    """Tries the points and prints a line for each command and error."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=300)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if shim() is None:
        raise SystemExit("error: no C compiler makes the library that fails calls; install one (cc), on Linux")
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        found: list[Trial] = []
        try:
            for trial in _trials(Path(folder), given.points, given.only.split(",") if given.only else [], given.seed):
                found.append(trial)
        except KeyboardInterrupt:
            print("interrupted: what was tried so far", file=sys.stderr)
    _show(found)
    raise SystemExit(0 if all(trial.ok for trial in found) else 1)


_Counts = dict[tuple[str, str, bool], int]
"""By task, system call, and whether files that are only read may be opened."""


def _trials(folder: Path, wanted: int, only: list[str], seed: int) -> Iterator[Trial]:
    chance, place = random.Random(seed), folder / "trial"
    made: dict[str, Path] = {}
    counts: _Counts = {}
    chosen = {name: one for name, one in tasks(place / "home").items() if not only or name in only}
    kinds = [(name, call, error) for name in chosen for call, errors in FAULTS.items() for error in errors]
    # A run that is interrupted has tried some of everything.
    chance.shuffle(kinds)
    for name, call, error in kinds:
        make, task = chosen[name]
        prepared = made.setdefault(make.__name__, folder / make.__name__)
        if not prepared.exists():
            make(prepared)
        each = max(1, round(wanted / len(kinds)))
        for at in points(_count(task, prepared, place, call, error, counts), each, chance.randint):
            trial = try_fault(task, prepared, place, call=call, error=error, at=at)
            if not trial.ok:
                print(_complaint(trial), file=sys.stderr, flush=True)
            yield trial


def _count(task: Task, prepared: Path, place: Path, call: str, error: int, counts: _Counts) -> int:
    """Calls of a class that the undisturbed command makes; a full disk lets files be opened that are only read."""
    key = (task.name, call, error in (ENOSPC, EROFS))
    if key not in counts:
        ended = try_fault(task, prepared, place, call=call, error=error, at=0)
        if not ended.ok:
            raise SystemExit(f"error: {task.name} fails by itself: {_complaint(ended)}")
        counts[key] = ended.first.calls
    return counts[key]


def _complaint(trial: Trial) -> str:
    words = " ".join(trial.first.words.split())[-400:]
    return (
        f"{trial.task} {trial.call} {errorcode[trial.error]} at {trial.at}: {trial.lost or words} ({trial.first.code})"
    )


COLUMNS = ("command", "call", "error", "tried", "failed", "words", "tracebacks", "hangs", "lost")


def _show(found: list[Trial]) -> None:
    rows: list[tuple[str, ...]] = [COLUMNS]
    for key in sorted({(t.task, t.call, t.error) for t in found}):
        those = [t for t in found if (t.task, t.call, t.error) == key]
        rows.append((key[0], key[1], errorcode[key[2]], *_counts(those)))
    rows.append(("all", "", "", *_counts(found)))
    for row in rows:
        print("".join(f"{cell:<11}" if place < 3 else f"{cell:>11}" for place, cell in enumerate(row)))
    codes = Counter(trial.first.code for trial in found)
    print("exit codes:", ", ".join(f"{code}: {count}" for code, count in sorted(codes.items(), key=str)))


def _counts(those: list[Trial]) -> tuple[str, ...]:
    failed = [t for t in those if t.first.code != 0]
    words = [t for t in failed if "error: " in t.first.words]
    wrong = ([t for t in those if t.traceback], [t for t in those if t.hang], [t for t in those if t.lost])
    return tuple(str(len(some)) for some in (those, failed, words, *wrong))


if __name__ == "__main__":
    main()
