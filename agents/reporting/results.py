"""`runs/results.tsv`: one line per cycle over all runs of a home, for spreadsheets and scripts.

Several processes may write at once: a lock on the file itself orders them, and the whole addition is one write.
"""

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

from reasoner.types.loop import CycleRow

COLUMNS = (
    "run", "cycle", "config", "seed", "champion", "verdict", "sealed_n", "sealed", "sealed_low", "sealed_high",
    "wins", "losses", "p", "alpha", "teacher_calls", "usd", "seconds",
)  # fmt: skip


def append_results(
    path: Path, rows: Sequence[CycleRow], *, run: str, config_hash: str, seed: int, champions: Sequence[str]
) -> int:
    """Adds the finished cycles of a run that are not in the file yet.

    Args:
        path: `runs/results.tsv`; made with its header if missing.
        rows: cycles in any order; those already there are left as they are.
        champions: id of the champion after each of `rows`.

    Returns:
        How many lines were added.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not "a+": an append-mode file cannot be cut back to its last whole line.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    with os.fdopen(descriptor, "r+", encoding="utf-8", newline="") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        text = file.read()
        whole = text[: text.rfind("\n") + 1]
        known = {tuple(line.split("\t")[:2]) for line in whole.splitlines()}
        # A cycle that a limit broke off is written once it is whole: lines are never changed.
        whole_rows = [pair for pair in zip(rows, champions, strict=True) if pair[0].verdict and pair[0].sealed]
        lines = [_line(row, run, config_hash, seed, champion) for row, champion in whole_rows]
        new = [line for line in lines if tuple(line[:2]) not in known]
        added = [list(COLUMNS), *new] if not whole else new
        file.seek(len(whole.encode()))
        file.truncate()
        file.write("".join("\t".join(line) + "\n" for line in added))
        file.flush()
        os.fsync(file.fileno())
    return len(new)


def _line(row: CycleRow, run: str, config_hash: str, seed: int, champion: str) -> list[str]:
    sealed = row.sealed
    measured = (
        [str(sealed.n), f"{sealed.accuracy:.6f}", *(f"{bound:.6f}" for bound in sealed.ci95)] if sealed else [""] * 4
    )
    compared = ["" if value is None else f"{value:g}" for value in (row.wins, row.losses, row.p, row.alpha)]
    spent = [str(row.teacher_calls), f"{row.usd:.9g}", f"{row.seconds:.1f}"]
    return [run, str(row.cycle), config_hash, str(seed), champion, row.verdict, *measured, *compared, *spent]
