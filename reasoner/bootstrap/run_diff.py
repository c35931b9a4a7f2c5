"""Two runs beside each other: settings, decisions, sealed items that flipped, cost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agents.inheritance import inherited
from agents.reporting.events import Event, of_kind, read_events
from agents.reporting.overview import state_of
from agents.run_folder import COUNTED, RunFolder, read_records
from memory.store.checkpoints import CheckpointStore
from memory.store.ledger import CallLedger
from memory.store.runs import RunRow, RunStore
from reasoner.bootstrap.home import Home, existing_home
from reasoner.config.resolved import flat, redacted
from reasoner.config.settings import Settings
from reasoner.errors import UsageError
from reasoner.evaluation.statistics import mcnemar_exact, paired_gain
from reasoner.storage.json_files import read_number
from reasoner.types.problem import Attempt
from reasoner.types.record import Record

FINISHED = "finished"


class Side(Record):
    """One of the two runs."""

    run: str
    state: str
    """As `reasoner runs list` has it: `finished`, or what keeps it from that."""
    cycles: int
    """That were decided; cycle 0 has no decision."""
    measured_cycle: int
    """Whose sealed attempts are compared: the last cycle of the run that measured its champion."""
    champion: str
    fingerprint: str
    calls: int
    """Paid by this run itself; what a fork shares was paid by its parent."""
    cached: int
    usd: float
    seconds: float


class RunDiff(Record):
    """What differs."""

    run: str
    sides: tuple[Side, Side]
    missing: tuple[str, ...]
    """What a run lacks that has not finished, in words, and what is compared all the same; empty for finished runs."""
    forked: str
    """How one came from the other, in words; empty for runs of their own."""
    settings: dict[str, tuple[Any, Any]]
    """Those that differ, by dotted key."""
    verdicts: dict[int, tuple[str, str]]
    """By cycle; `-` where a run has none."""
    n: int
    """Sealed items that the last champions of both were judged on."""
    fixed: tuple[str, ...]
    """Ids that only the second solves."""
    broken: tuple[str, ...]
    """Ids that only the first solves."""
    gain: float
    """Of the second over the first."""
    ci95: tuple[float, float]
    p: float
    """Exact McNemar, two-sided: neither run was meant to be the better one."""


def diff_runs(home: Path, first: str, second: str) -> RunDiff:
    """Compares them.

    Raises:
        NotFoundError: one of them is not there.
        UsageError: it is one run twice, or one has measured nothing yet.
    """
    if first == second:
        raise UsageError(f"{first!r} twice: name two runs")
    place = existing_home(home)
    rows = tuple(RunStore(place.database()).get(run) for run in (first, second))
    events = [_events(place, row) for row in rows]
    champions = [_champion(told) for told in events]
    cycles = [_measured_cycle(place, row, told) for row, told in zip(rows, events, strict=True)]
    tried = [_sealed(place, row, cycle) for row, cycle in zip(rows, cycles, strict=True)]
    common = [id for id in tried[0] if id in tried[1] and "error" not in (tried[0][id].outcome, tried[1][id].outcome)]
    fixed = tuple(id for id in common if tried[1][id].correct and not tried[0][id].correct)
    broken = tuple(id for id in common if tried[0][id].correct and not tried[1][id].correct)
    gain, ci95 = paired_gain(len(fixed), len(broken), len(common))
    left, right = (
        _side(place, row, champion, told, cycle)
        for row, champion, told, cycle in zip(rows, champions, events, cycles, strict=True)
    )
    return RunDiff(
        run=first,
        sides=(left, right),
        missing=tuple(_missing(left, right)),
        forked=_forked(place, first, second) or _forked(place, second, first),
        settings=_settings(*rows),
        verdicts=_verdicts(*events),
        n=len(common),
        fixed=fixed,
        broken=broken,
        gain=gain,
        ci95=ci95,
        p=min(1.0, 2 * mcnemar_exact(max(len(fixed), len(broken)), min(len(fixed), len(broken)))),
    )


def _events(place: Home, row: RunRow) -> list[Event]:
    folder = RunFolder(place.root, row.id).root
    events = read_events(folder) if (folder / "events.jsonl").is_file() else []
    if not any(event["split"] == "sealed" for event in of_kind(events, "evaluation")):
        raise UsageError(f"run {row.id} has measured nothing yet; it is {row.state}")
    return events


def _promoted(events: list[Event]) -> list[Event]:
    return [event for event in of_kind(events, "decision") if event["verdict"] == "promote"]


def _champion(events: list[Event]) -> str:
    promoted = _promoted(events)
    first = next(e["checkpoint"] for e in of_kind(events, "evaluation") if e["split"] == "sealed")
    return promoted[-1]["candidate"] if promoted else first


def _measured_cycle(place: Home, row: RunRow, events: list[Event]) -> int:
    """The cycle of the last champion that was measured."""
    folder = RunFolder(place.root, row.id)
    cycles = [0, *(event["cycle"] for event in _promoted(events))]
    return next(cycle for cycle in reversed(cycles) if folder.attempts(cycle, "sealed").is_file())


def _sealed(place: Home, row: RunRow, cycle: int) -> dict[str, Attempt]:
    """Sealed attempts of a cycle, by problem."""
    path = RunFolder(place.root, row.id).attempts(cycle, "sealed")
    return {attempt.problem_id: attempt for attempt in read_records(path, Attempt)}


def _missing(left: Side, right: Side) -> Iterator[str]:
    """What is not there to be compared because a run has not finished."""
    sides = ((left, right), (right, left))
    for one, other in sides:
        if one.state != FINISHED:
            fewer = range(one.cycles + 1, other.cycles + 1)
            lacks = f"; it has no verdict of cycle {_spelt(fewer)}, which {other.run} has" if fewer else ""
            yield f"{one.run} has not finished (it is {one.state} with {one.cycles} cycles decided){lacks}"
    if any(one.state != FINISHED for one in (left, right)):
        compared = " with ".join(f"{one.run}'s champion as of cycle {one.measured_cycle}" for one in (left, right))
        yield f"compared on the sealed set: {compared}"


def _spelt(cycles: range) -> str:
    return str(cycles[0]) if len(cycles) == 1 else f"{cycles[0]} to {cycles[-1]}"


def _side(place: Home, row: RunRow, champion: str, events: list[Event], measured_cycle: int) -> Side:
    spent = CallLedger(place.database(), row.id).spent()
    clock = RunFolder(place.root, row.id).root / "seconds.txt"
    return Side(
        run=row.id,
        state=state_of(row, home=place.root),
        cycles=max((event["cycle"] for event in of_kind(events, "decision")), default=0),
        measured_cycle=measured_cycle,
        champion=champion,
        fingerprint=CheckpointStore(place.database()).get(champion).fingerprint,
        calls=spent.calls,
        cached=spent.cached,
        usd=spent.usd,
        seconds=read_number(clock, mend=COUNTED) if clock.exists() else 0.0,
    )


def _forked(place: Home, parent: str, fork: str) -> str:
    beginning = inherited(RunFolder(place.root, fork))
    if beginning is None or beginning.parent != parent:
        return ""
    return f"{fork} was forked from {parent} before {beginning.node} of cycle {beginning.cycle}"


def _settings(first: RunRow, second: RunRow) -> dict[str, tuple[Any, Any]]:
    old, new = (
        flat(redacted(Settings.model_validate(row.settings)).model_dump(mode="json")) for row in (first, second)
    )
    # Settings of a domain's own are only known where the run's task is of that domain.
    keys = dict.fromkeys((*old, *new))
    return {key: (old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)}


def _verdicts(first: list[Event], second: list[Event]) -> dict[int, tuple[str, str]]:
    told = [{event["cycle"]: event for event in of_kind(events, "decision")} for events in (first, second)]
    return {cycle: (_word(told[0].get(cycle)), _word(told[1].get(cycle))) for cycle in sorted(told[0].keys() | told[1])}


def _word(decision: Event | None) -> str:
    if decision is None:
        return "-"
    if decision["wins"] is None:
        return decision["verdict"]
    return f"{decision['verdict']}, {decision['wins']} wins, {decision['losses']} losses, p={decision['p']:.2g}"
