"""One line on a run: how it stands, its champion, what was gained, what it cost. Quick also where there are many."""

from pathlib import Path
from typing import Any

from agents.reporting.events import Event, of_kind, read_events
from agents.run_folder import COUNTED, RESTORE, RunFolder, read_records
from memory.locks import is_held
from memory.store.database import Database
from memory.store.ledger import CallLedger
from memory.store.runs import RunRow
from reasoner.evaluation.statistics import paired_gain
from reasoner.storage.json_files import read_number, read_object
from reasoner.types.problem import Attempt
from reasoner.types.record import Record


class Overview(Record):
    """A run at a glance."""

    run: str
    state: str
    """As the store has it, or `killed`: marked as running, and no process works on it."""
    live: bool
    """Whether a process works on it."""
    cycles: int
    """Done."""
    champion: str
    """Checkpoint id; empty before there is one."""
    gain: float | None
    """Of the last over the first champion on the sealed set, as a share; None before the first is measured."""
    ci95: tuple[float, float] | None
    usd: float
    seconds: float
    """At work, over all starts."""
    parent: str
    """The run that it was forked from; empty for all others."""


def overview(row: RunRow, *, home: Path, database: Database) -> Overview:
    """A run at a glance: a finished one from its summary, any other from its files."""
    folder = RunFolder(home, row.id)
    live, state = is_held(folder.root / "lock"), state_of(row, home=home)
    common = {"run": row.id, "state": state, "live": live, "parent": parent_of(folder)}
    if row.state == "finished" and row.summary:
        return Overview(cycles=row.cycles_done, **common, **_of_summary(row.summary))
    return Overview(**common, **_so_far(folder, row, database))


def state_of(row: RunRow, *, home: Path) -> str:
    """As the store has it, or `killed`: marked as running, and no process works on it."""
    live = is_held(RunFolder(home, row.id).root / "lock")
    return "killed" if row.state == "running" and not live else row.state


def parent_of(folder: RunFolder) -> str:
    """The run that a run was forked from; empty for all others."""
    path = folder.fork
    return str(read_object(path, mend=RESTORE).get("parent", "")) if path.exists() else ""


def _of_summary(done: dict[str, Any]) -> dict[str, Any]:
    sealed = done.get("sealed") or {}
    return {
        "champion": done.get("champion", ""),
        "gain": sealed.get("gain"),
        "ci95": sealed.get("ci95"),
        "usd": done.get("usd", 0.0),
        "seconds": done.get("seconds", 0.0),
    }


def _so_far(folder: RunFolder, row: RunRow, database: Database) -> dict[str, Any]:
    events = read_events(folder.root) if (folder.root / "events.jsonl").is_file() else []
    promoted = [event for event in of_kind(events, "decision") if event["verdict"] == "promote"]
    first = [event["checkpoint"] for event in of_kind(events, "evaluation") if event["split"] == "sealed"][:1]
    gain, ci95 = _gain(folder, promoted) if first else (None, None)
    clock = folder.root / "seconds.txt"
    return {
        "cycles": max((event["cycle"] for event in of_kind(events, "cycle")), default=row.cycles_done),
        "champion": promoted[-1]["candidate"] if promoted else "".join(first),
        "gain": gain,
        "ci95": ci95,
        "usd": CallLedger(database, row.id).spent().usd,
        "seconds": read_number(clock, mend=COUNTED) if clock.exists() else 0.0,
    }


def _gain(folder: RunFolder, promoted: list[Event]) -> tuple[float, tuple[float, float]]:
    """Between the first champion and the newest whose sealed attempts are there."""
    first = read_records(folder.attempts(0, "sealed"), Attempt)
    measured = [event["cycle"] for event in promoted if folder.attempts(event["cycle"], "sealed").is_file()]
    last = read_records(folder.attempts(measured[-1], "sealed"), Attempt) if measured else first
    pairs = [(a.correct, b.correct) for a, b in zip(first, last, strict=True) if "error" not in (a.outcome, b.outcome)]
    return paired_gain(sum(b > a for a, b in pairs), sum(a > b for a, b in pairs), len(pairs))
