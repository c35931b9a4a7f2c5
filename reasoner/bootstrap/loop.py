"""`reasoner loop`: finds or starts the run that a configuration means, and runs the cycles that are missing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memory.locks import claimed, exclusive
from memory.store.approval import why_stale
from memory.store.ledger import CallLedger
from memory.store.proposals import ProposalStore
from memory.store.runs import RunRow, RunState, RunStore
from reasoner.bootstrap.first_contact import first_contact
from reasoner.bootstrap.home import Home, Place, open_home
from reasoner.bootstrap.judging import proven_judge
from reasoner.bootstrap.preflight import look_around, preflight_run
from reasoner.bootstrap.run_ending import cycles_done_of, outcome_of, tell_done, write_reports
from reasoner.bootstrap.run_parts import Listener, Watcher, new_run_id, parts_of, read_json, source_of
from reasoner.bootstrap.teacher_trial import price_of, try_teacher_without_run
from reasoner.bootstrap.telemetry import telling_spans
from reasoner.config.resolved import config_hash, redacted
from reasoner.config.settings import Settings
from reasoner.errors import BudgetReached, BusyError, ReasonerError, UsageError
from reasoner.types.loop import LoopOutcome, Progress
from reasoner.types.preflight import Look, Preflight

REMOVE = "remove it: the limits given now hold"

if TYPE_CHECKING:
    from agents.parts import Parts
    from reasoner.evaluation.plan import Plan


def run_loop(
    settings: Settings, *, home: Place, cycles: int, fresh: bool, listener: Listener, progress: Watcher
) -> LoopOutcome:
    """Runs `cycles` cycles in all; a run that has them answers at once.

    Args:
        settings: what decides the run; the same settings mean the same run.
        home: its folder.
        cycles: in all, over every start of this run.
        fresh: starts a new run although there is one.
        listener: told every new event.
        progress: told how far the node at work is.

    Raises:
        BusyError: another process works on this run.
    """
    place = open_home(home)
    run = begin_run(place, settings, cycles=cycles, fresh=fresh)
    return work_on(place, settings, run, cycles=cycles, listener=listener, progress=progress)


def begin_run(place: Home, settings: Settings, *, cycles: int, fresh: bool) -> str:
    """The run that these settings mean, found or made; what cannot run is refused here. Arguments as in `run_loop`."""
    return _find_or_create(place, settings, cycles=cycles, fresh=fresh).id


def work_on(
    place: Home, settings: Settings, run: str, *, cycles: int, listener: Listener, progress: Watcher
) -> LoopOutcome:
    """Runs the cycles that a known run is missing; `run_loop` says more."""
    folder = place.root / "runs" / run
    with claimed(folder / "lock", patience=1.0) as ours:
        if not ours:
            raise _busy(run)
        row = RunStore(place.database()).get(run)
        _require_folder(folder, row)
        if waits := _still_waits(place, row):
            return outcome_of(folder, row.id, cycles=row.cycles_done, awaiting=waits)
        if row.state == "finished" and row.cycles_done >= cycles:
            return outcome_of(folder, row.id, cycles=row.cycles_done, finished_before=True)
        if row.state == "budget" and _limits(settings) == read_json(folder / "limits.json", mend=REMOVE):
            raise BudgetReached(
                f"run {row.id} was stopped by its limits {_limits(settings)} after {row.cycles_done} cycles; "
                "raise one, such as with --max-usd, --max-calls or --max-minutes, and run the same command to go on"
            )
        with telling_spans(place, settings, row.id, listener) as heard:
            return _work(place, settings, row, cycles=cycles, listener=heard, progress=progress)


@contextmanager
def claimed_parts(settings: Settings, *, home: Path, cycles: int) -> Iterator["Parts"]:
    """What the nodes of the run that these settings mean work with, for who drives the graph himself.

    Raises:
        BusyError: another process works on this run.
    """
    from agents.teachers.litellm_teacher import preflight

    place = open_home(home)
    row = _find_or_create(place, settings, cycles=cycles, fresh=False)
    with claimed(place.root / "runs" / row.id / "lock", patience=1.0) as ours:
        if not ours:
            raise _busy(row.id)
        preflight(settings.teacher)
        with telling_spans(place, settings, row.id, lambda _: None) as heard:
            yield parts_of(place, settings, row, cycles=cycles, listener=heard, progress=lambda _: None)


def _busy(run: str) -> BusyError:
    return BusyError(
        f"run {run} is being worked on by another process; wait for it, watch it with `reasoner trace {run} --follow`, "
        "or start another run with --fresh or another --seed"
    )


def _require_folder(folder: Path, row: RunRow) -> None:
    """A run that got somewhere cannot go on without its files: it would measure itself against nothing."""
    if row.state in ("finished", "waiting", "budget") and not (folder / "manifest.json").exists():
        raise UsageError(
            f"the folder of run {row.id} is gone ({folder}); bring it back from a backup, or start another run with "
            "--fresh"
        )


def _still_waits(place: Home, row: RunRow) -> str:
    """The proposal that nobody has ruled on and that can still be carried out; empty if the run can go on."""
    filed = ProposalStore(place.database()).waiting(row.id) if row.state == "waiting" else None
    return filed.proposal.id if filed and not why_stale(place.database(), filed.proposal) else ""


def plan_loop(settings: Settings, *, home: Path, cycles: int) -> "Plan":
    """What `run_loop` would do and cost."""
    from reasoner.evaluation import plan

    planned = plan.plan_loop(settings, home=home, cycles=cycles, price_of=price_of)
    priced = planned.record["teacher"]["usd"] is not None
    looks = look_around(settings, home=home, cycles=cycles)
    looks += first_contact(settings, home=home, cycles=cycles, price_of=price_of)
    looked = Preflight(looks=(*looks, *(try_teacher_without_run(settings) if priced else ())))
    record = planned.record | {"preflight": looked.found()}
    return plan.Plan(lines=(*planned.lines, "", "looked at before anything is done:", *looked.lines), record=record)


def _find_or_create(place: Home, settings: Settings, *, cycles: int, fresh: bool) -> RunRow:
    store, mark = RunStore(place.database()), config_hash(settings)
    with exclusive(place.root / "runs" / "start.lock"):
        row = store.find(mark)
        if row is not None and not fresh:
            return row
        look_around(settings, home=place.root, cycles=cycles)  # what cannot run ends here, before there is a run
        if row is not None:
            store.supersede(row.id)
        name = new_run_id(settings)
        return store.create(name, mark, redacted(settings).model_dump(mode="json"), settings.seed)


def _work(
    place: Home, settings: Settings, row: RunRow, *, cycles: int, listener: Listener, progress: Watcher
) -> LoopOutcome:
    from agents.graphs.improve import WAITS, run
    from agents.reporting.events import of_kind, read_events
    from reasoner.bootstrap.recall import follow_champion
    from reasoner.storage.writing import write_json

    store = RunStore(place.database())
    looked = _looked_at(place, settings, row, cycles=cycles, progress=progress)
    parts = parts_of(place, settings, row, cycles=cycles, listener=listener, progress=progress)
    starts = len(of_kind(read_events(parts.folder.root), "launch"))
    parts.events.write(f"preflight/{starts}", "preflight", looks=[look.model_dump() for look in looked.looks])
    store.mark(row.id, "running")
    write_json(parts.folder.root / "limits.json", _limits(settings))
    parts.ledger(0).sweep_lost()
    ended: RunState = "failed"
    waits = ""
    try:
        state = run(parts)
        waits = state.get(WAITS, "")
        ended = "waiting" if waits else "budget" if parts.stops else "finished"
        if ended == "finished":
            tell_done(parts, state)
    except BudgetReached as limit:
        ended = "budget"
        parts.stops.append(str(limit))
        parts.events.write(f"limit/{datetime.now(UTC).isoformat()}", "limit", reason=str(limit))
    except KeyboardInterrupt:
        ended = "interrupted"
        raise
    finally:
        parts.clock.save()
        if ended != "finished":
            store.mark(row.id, ended, cycles_done=cycles_done_of(parts))
    write_reports(parts)
    if ended == "finished":
        # Last of all: a finished run is answered from its files without another look.
        follow_champion(place)
        done = of_kind(read_events(parts.folder.root), "done")[-1]
        store.finish(row.id, done["cycles"], done)
    return outcome_of(
        parts.folder.root,
        row.id,
        cycles=cycles_done_of(parts),
        budget=ended == "budget",
        awaiting=waits,
    )


def _looked_at(place: Home, settings: Settings, row: RunRow, *, cycles: int, progress: Watcher) -> Preflight:
    """What the preflight found; a run that cannot begin is marked so."""

    def say(words: str) -> None:
        _remark(progress, words)

    def show(looks: Sequence[Look]) -> None:
        progress(Progress(cycle=0, node="preflight", done=0, total=0, looks=tuple(looks)))

    try:
        ledger = CallLedger(place.database(), row.id)
        looked = preflight_run(
            settings, ledger, home=place.root, cycles=cycles, done=row.cycles_done, say=say, show=show
        )
        return Preflight(
            looks=(*looked.looks, *proven_judge(settings, partial(source_of, settings, cycles), place, row.id, say=say))
        )
    except (ReasonerError, KeyboardInterrupt) as stopped:
        if row.state == "running":  # as it was created, or killed
            ended: RunState = "interrupted" if isinstance(stopped, KeyboardInterrupt) else "failed"
            RunStore(place.database()).mark(row.id, ended)
        raise


def _remark(progress: Watcher, words: str) -> None:
    """Tells whoever watches, before there is a node at work."""
    progress(Progress(cycle=0, node="preflight", done=0, total=0, note=words))


def _limits(settings: Settings) -> dict[str, Any]:
    return settings.limits.model_dump(mode="json")
