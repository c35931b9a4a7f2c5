"""A night: the handler of jobs of kind `loop`. It goes on with the schedule's unfinished run, or starts the next.

The first run is the configuration's own, the one that `reasoner loop` would find. Once it has its cycles, each further
run begins from the home's champion, with the next seed, so that its practice and gate problems are new ones.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agents.graphs.improve import CYCLE
from agents.run_folder import COUNTED
from jobs.context import JobContext
from jobs.firing import settings_of
from jobs.interrupt import Interrupted
from memory.store.checkpoints import CheckpointStore
from memory.store.database import Database
from memory.store.ledger import CallLedger
from memory.store.runs import RunRow, RunStore
from reasoner.bootstrap.home import open_home
from reasoner.bootstrap.loop import run_loop
from reasoner.config.resolved import config_hash
from reasoner.config.settings import Settings
from reasoner.errors import BudgetReached
from reasoner.storage.json_files import read_number, read_object
from reasoner.storage.writing import write_json
from reasoner.types.loop import LoopOutcome, Progress
from reasoner.types.schedule import Schedule

APPROVAL = "waiting for approval"
"""How a night ends whose run cannot go on before a person has ruled."""


def run_night(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """Runs cycles until they are done, a limit of the night is reached, or its window ends.

    Raises:
        Interrupted: the job was asked to stop; its state is saved and the job goes on where it was.
    """
    schedule = Schedule.model_validate(payload["schedule"])
    os.chdir(schedule.folder)
    place = open_home(context.home)
    database = place.database()
    pinned = _pinned(context.folder / "night.json", database, schedule)
    settings = Settings.model_validate(_merged(settings_of(schedule), pinned))
    deadline = datetime.fromisoformat(payload["deadline"]) if payload["deadline"] else None

    def watch(now: Progress) -> None:
        context.report(_share(now, schedule.cycles), f"cycle {now.cycle}, {now.node} {now.note}".strip())
        if context.should_stop() or _is_past(deadline):
            raise Interrupted

    stopped, outcome = "window", None
    try:
        if not _is_past(deadline):
            outcome = run_loop(
                settings,
                home=context.home,
                cycles=schedule.cycles,
                fresh=False,
                listener=lambda _: None,
                progress=watch,
            )
            stopped = "budget" if outcome.budget_reached else APPROVAL if outcome.awaiting else "done"
    except BudgetReached:
        stopped = "budget"
    except KeyboardInterrupt:
        if not _is_past(deadline):
            raise
    return _result(context.home, database, settings, pinned, stopped, outcome) | {"note": payload["note"]}


def _share(now: Progress, cycles: int) -> float:
    """How much of all cycles is done, node by node, so that every node is a step further."""
    names = [name for name, _ in CYCLE]
    nodes = names.index(now.node) + 1 if now.node in names else 0
    within = now.done / now.total if now.total else 0.0
    return min(1.0, max(0.0, (now.cycle - 1 + (nodes + within) / (len(names) + 1)) / cycles))


def _is_past(deadline: datetime | None) -> bool:
    return deadline is not None and datetime.now(UTC) >= deadline


def _pinned(path: Path, database: Database, schedule: Schedule) -> dict[str, Any]:
    """What the night's first start chose and found spent: later starts of this night keep to it."""
    if path.exists():
        return read_object(path, mend="remove it: the night begins anew")
    settings, runs = settings_of(schedule), RunStore(database)
    start, seed = settings.student.start, settings.seed
    row = runs.find(config_hash(settings))
    champion = CheckpointStore(database).home_champion() is not None
    while row is not None and row.state == "finished" and row.cycles_done >= schedule.cycles:
        start, seed = "champion" if champion else start, seed + 1
        row = runs.find(config_hash(_begun(settings, start, seed)))
    spent = _spent(database, row)
    pinned = {"start": start, "seed": seed, "spent": spent, "limits": _limits(settings, schedule, spent)}
    write_json(path, pinned)
    return pinned


def _begun(settings: Settings, start: str, seed: int) -> Settings:
    student = settings.student.model_copy(update={"start": start})
    return settings.model_copy(update={"student": student, "seed": seed})


def _merged(settings: Settings, pinned: dict[str, Any]) -> dict[str, Any]:
    return _begun(settings, pinned["start"], pinned["seed"]).model_dump() | {"limits": pinned["limits"]}


def _spent(database: Database, row: RunRow | None) -> dict[str, float]:
    if row is None:
        return {"usd": 0.0, "calls": 0, "minutes": 0.0}
    spent, clock = CallLedger(database, row.id).spent(), database.home / "runs" / row.id / "seconds.txt"
    minutes = read_number(clock, mend=COUNTED) / 60 if clock.exists() else 0.0
    return {"usd": spent.usd, "calls": spent.requests, "minutes": minutes}


def _limits(settings: Settings, schedule: Schedule, spent: dict[str, float]) -> dict[str, float | None]:
    """The run's limits for this night: what it has spent and what the night adds, within the configuration's own."""
    limits: dict[str, float | None] = {}
    for name in ("usd", "calls", "minutes"):
        own, night = getattr(settings.limits, f"max_{name}"), getattr(schedule, f"max_{name}")
        bounds = [bound for bound in (own, None if night is None else spent[name] + night) if bound is not None]
        limits[f"max_{name}"] = min(bounds) if bounds else None
    return limits


def _result(
    home: Path,
    database: Database,
    settings: Settings,
    pinned: dict[str, Any],
    stopped: str,
    outcome: LoopOutcome | None,
) -> dict[str, Any]:
    """What the morning page shows. `gain` is that of the finished run on its sealed set."""
    row = RunStore(database).find(config_hash(settings))
    sealed = (row.summary.get("sealed") or {}) if row is not None else {}
    champion = CheckpointStore(database).home_champion()
    report = home / "runs" / row.id / "report.md" if row is not None else None
    return {
        "run": row.id if row is not None else "",
        "stopped": stopped,
        "cycles": row.cycles_done if row is not None else 0,
        "promotions": outcome.promotions if outcome is not None else None,
        "learnt_nothing": list(outcome.learnt_nothing) if outcome is not None else [],
        "champion": outcome.champion if outcome is not None else champion.id if champion is not None else "",
        "gain": sealed.get("gain"),
        "ci95": sealed.get("ci95"),
        "usd": round(_spent(database, row)["usd"] - pinned["spent"]["usd"], 9),
        "report": str(report) if report is not None and report.exists() else "",
        "proposal": outcome.awaiting if outcome is not None else "",
    }
