"""What champion and candidate are asked beside the gate set: repairs and retention suites. It can veto, no more.

Which files there must be follows from the settings alone, so that whoever computes a decision again misses none:

    evals/<cycle>/repairs-<checkpoint>.jsonl            what former promotions were taught (`agents.repairs`)
    evals/<cycle>/retention-<suite>-<checkpoint>.jsonl  `gate.retention` (`agents.retention`)
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from agents.run_folder import RunFolder, read_records, write_records
from reasoner.config.settings import GateSettings
from reasoner.evaluation.comparison import Beside
from reasoner.evaluation.retention import key_of, label_of
from reasoner.types.problem import Attempt, Mode
from reasoner.types.report import VetoRule

REPAIRS = "repairs"
Ask = Callable[[Sequence[str]], list[Attempt]]
"""Attempts at the items of these ids, in their order."""


class Extra(NamedTuple):
    """One thing that is asked."""

    name: str
    """Of its files."""
    bucket: str
    """As a veto names it."""
    margin: float
    rule: VetoRule


def extras_of(gate: GateSettings) -> list[Extra]:
    """All that these settings ask."""
    repairs = [Extra(REPAIRS, REPAIRS, gate.veto_margin, "proven")] if gate.regression_size else []
    return [*repairs, *(retention_of(entry, gate) for entry in gate.retention)]


def retention_of(entry: str, gate: GateSettings) -> Extra:
    """Of one entry of `gate.retention`."""
    return Extra(
        f"retention-{key_of(entry)}", f"retention {label_of(entry)}", gate.retention_margin, gate.retention_rule
    )


def extra_file(folder: RunFolder, cycle: int, extra: Extra, checkpoint: str) -> Path:
    """Where a checkpoint's attempts lie."""
    return folder.attempts(cycle, f"{extra.name}-{checkpoint}")


def paired(extra: Extra, champion: Sequence[Attempt], candidate: Sequence[Attempt]) -> Beside:
    """Both sides' attempts, as a comparison takes them."""
    return Beside(extra.bucket, champion, candidate, margin=extra.margin, rule=extra.rule)


def asked_once(
    folder: RunFolder,
    extra: Extra,
    checkpoint: str,
    ids: Sequence[str],
    ask: Ask,
    *,
    cycle: int,
    mode: Mode,
    known: Sequence[Attempt] = (),
) -> list[Attempt]:
    """A checkpoint's attempts at some items; what it has answered before, in any cycle of the run, is not asked again.

    Args:
        folder: of the run; the attempts are kept there.
        extra: what the items belong to.
        checkpoint: its id.
        ids: of the items.
        ask: asks those that are missing.
        cycle: that asks.
        mode: of the attempts.
        known: attempts of this checkpoint that are kept elsewhere.
    """
    path = extra_file(folder, cycle, extra, checkpoint)
    if path.is_file():
        return read_records(path, Attempt)
    earlier = [extra_file(folder, before, extra, checkpoint) for before in range(1, cycle)]
    kept = [*known, *(one for before in earlier for one in read_records(before, Attempt))]
    answered = {one.problem_id: one for one in kept if one.mode == mode}
    missing = [id for id in ids if id not in answered]
    answered |= {one.problem_id: one for one in (ask(missing) if missing else ())}
    attempts = [answered[id] for id in ids]
    write_records(path, attempts)
    return attempts
