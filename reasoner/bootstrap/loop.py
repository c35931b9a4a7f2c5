"""`reasoner loop`: finds or starts the run that a configuration means, and runs the cycles that are missing."""

import functools
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memory.locks import claimed, exclusive
from memory.store.approval import why_stale
from memory.store.ledger import CallLedger
from memory.store.proposals import ProposalStore
from memory.store.runs import RunRow, RunState, RunStore
from reasoner.bootstrap.home import Home, open_home
from reasoner.bootstrap.telemetry import telling_spans
from reasoner.config.resolved import config_hash, dump_yaml, redacted
from reasoner.config.settings import Settings, TeacherSettings
from reasoner.errors import BudgetReached, BusyError, TeacherError, UsageError
from reasoner.types.loop import CycleRow, LoopOutcome, Progress
from reasoner.types.trace import TraceEvent

if TYPE_CHECKING:
    from agents.parts import Parts
    from reasoner.data.sources import ProblemSource
    from reasoner.evaluation.plan import Plan

Listener = Callable[[TraceEvent], None]
Watcher = Callable[[Progress], None]


def run_loop(
    settings: Settings, *, home: Path, cycles: int, fresh: bool, listener: Listener, progress: Watcher
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
    row = _find_or_create(place, settings, cycles=cycles, fresh=fresh)
    return work_on(place, settings, row.id, cycles=cycles, listener=listener, progress=progress)


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
            return _outcome(folder, row.id, cycles=row.cycles_done, finished_before=False, budget=False, awaiting=waits)
        if row.state == "finished" and row.cycles_done >= cycles:
            return _outcome(folder, row.id, cycles=row.cycles_done, finished_before=True, budget=False)
        if row.state == "budget" and _limits(settings) == _read_json(folder / "limits.json"):
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
    from agents.teachers.litellm_teacher import price
    from reasoner.evaluation import plan

    def price_of(teacher: TeacherSettings) -> plan.Price | None:
        try:
            found = price(teacher)
        except TeacherError:
            return None
        return plan.Price(input=found.input, output=found.output)

    _source(settings, cycles)
    return plan.plan_loop(settings, home=home, cycles=cycles, price_of=price_of)


def _find_or_create(place: Home, settings: Settings, *, cycles: int, fresh: bool) -> RunRow:
    store, mark = RunStore(place.database()), config_hash(settings)
    with exclusive(place.root / "runs" / "start.lock"):
        row = store.find(mark)
        if row is not None and not fresh:
            return row
        _source(settings, cycles)  # bad data ends here, before there is a run
        if row is not None:
            store.supersede(row.id)
        moment = datetime.now(UTC).strftime("%Y%m%d-%H%M")
        name = f"{moment}-{settings.data.domain}-{settings.name}-{secrets.token_hex(2)}"
        return store.create(name, mark, redacted(settings).model_dump(mode="json"), settings.seed)


def _work(
    place: Home, settings: Settings, row: RunRow, *, cycles: int, listener: Listener, progress: Watcher
) -> LoopOutcome:
    from agents.graphs.improve import WAITS, run
    from agents.reporting.events import of_kind, read_events
    from agents.run_folder import write_json
    from agents.teachers.litellm_teacher import preflight
    from reasoner.bootstrap.recall import follow_champion

    preflight(settings.teacher)
    parts = parts_of(place, settings, row, cycles=cycles, listener=listener, progress=progress)
    store = RunStore(place.database())
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
            _tell_done(parts, state)
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
            store.mark(row.id, ended, cycles_done=_cycles_done(parts))
    _write_reports(parts)
    if ended == "finished":
        # Last of all: a finished run is answered from its files without another look.
        follow_champion(place)
        done = of_kind(read_events(parts.folder.root), "done")[-1]
        store.finish(row.id, done["cycles"], done)
    return _outcome(
        parts.folder.root,
        row.id,
        cycles=_cycles_done(parts),
        finished_before=False,
        budget=ended == "budget",
        awaiting=waits,
    )


def parts_of(
    place: Home, settings: Settings, row: RunRow, *, cycles: int, listener: Listener, progress: Watcher
) -> "Parts":
    """What the nodes of a run work with; the caller holds the run's lock."""
    import torch

    from agents.events import EventLog
    from agents.inheritance import inherited
    from agents.parts import Clock, Parts
    from agents.reporting.events import of_kind, read_events
    from agents.run_folder import RunFolder
    from agents.teachers.litellm_teacher import LiteLLMTeacher
    from agents.tracing.tracer import Tracer
    from jobs.queue import run_job
    from reasoner.config.secrets import redactor_of
    from reasoner.domains.registry import get_domain

    folder = RunFolder(place.root, row.id)
    known = read_events(folder.root) if (folder.root / "events.jsonl").exists() else []
    source = _source(settings, cycles)
    about = _describe(folder.root, settings, row.id)
    # What a trial has chosen once holds for the whole run: another choice at a later start would be another base.
    chosen = settings.compute.model_copy(update={"precision": about.get("precision", "float32")})
    settings = settings.model_copy(update={"compute": chosen})
    torch.set_num_threads(about["threads"])
    redactor = redactor_of(settings.teacher, os.environ)
    traced = folder if settings.trace.on else None
    trace = Tracer(traced, redactor=redactor, latents=settings.trace.latents)
    events = EventLog(folder.root, row.id, listener, trace=trace, redactor=redactor)
    starts = len(of_kind(known, "launch"))
    events.write(
        f"launch/{starts}", "launch", home=place.root.name, config_hash=row.config_hash, git=about["git"], start=starts
    )
    clock = Clock(folder.root / "seconds.txt", limit=settings.limits.max_minutes)
    return Parts(
        run=row.id,
        settings=settings,
        cycles=cycles,
        threads=about["threads"],
        database=place.database(),
        folder=folder,
        domain=get_domain(settings.data.domain),
        source=source,
        events=events,
        progress=progress,
        teacher_for=lambda ledger, on_progress: LiteLLMTeacher(
            settings.teacher,
            settings.limits,
            ledger,
            seed=settings.seed,
            on_progress=on_progress,
            out_of_time=clock.is_over,
        ),
        run_job=lambda spec, on_progress: _timed_job(run_job, place, spec, on_progress, clock),
        student_of=functools.lru_cache(maxsize=3)(place.student),
        clock=clock,
        trace=trace,
        inheritance=inherited(folder),
    )


def _source(settings: Settings, cycles: int) -> "ProblemSource":
    """The run's problems, enough for the cycles asked for."""
    from reasoner.data.sources import open_source

    source = open_source(settings.data, settings.seed)
    if source.gate_sets is not None and source.gate_sets < cycles:
        raise UsageError(
            f"{settings.data.practice!r} has fresh gate problems for {source.gate_sets} cycles of data.gate_size="
            f"{settings.data.gate_size}, not for {cycles}; lower --cycles or data.gate_size, or add rows"
        )
    return source


def _timed_job(run_job: Callable[..., Any], place: Home, spec: Any, on_progress: Any, clock: Any) -> Any:
    """A job within the run's time: over it, the child saves its state and the run ends as out of budget."""
    from jobs.interrupt import Interrupted

    try:
        return run_job(place.database(), place.root, spec, on_progress=on_progress, stop=clock.is_over)
    except Interrupted:
        clock.require_time()
        raise


def _describe(folder: Path, settings: Settings, run: str) -> dict[str, Any]:
    """The run's manifest and resolved configuration, written at its first start and kept."""
    from agents.run_folder import write_json, write_text
    from reasoner.bootstrap.manifest import manifest
    from reasoner.training.precision import precision_of
    from reasoner.training.threads import choose_threads

    path = folder / "manifest.json"
    if not path.exists():
        write_text(folder / "config.resolved.yaml", dump_yaml(settings))
        threads = settings.compute.threads or choose_threads()
        chosen = {"threads": threads, "precision": precision_of(settings.compute, width=settings.student.width)}
        write_json(path, {**manifest(settings, run=run), **chosen})
    about = _read_json(path)
    now = manifest(settings, run=run)
    changed = [name for name in ("data_hash", "checker_hash", "domain", "splits") if about[name] != now[name]]
    if changed:
        raise UsageError(
            f"run {run} began with another {' and '.join(changed)} ({', '.join(about[n] for n in changed)}); its "
            "problems would not be the same. Restore what was changed, or start a new run with --fresh"
        )
    return about


def _tell_done(parts: "Parts", state: dict[str, Any]) -> None:
    spent = CallLedger(parts.database, parts.run).spent()
    parts.events.write(
        f"done/{state['cycle']}",
        "done",
        cycles=state["cycle"],
        champion=state["champion"],
        fingerprint=parts.checkpoints.get(state["champion"]).fingerprint,
        sealed=_sealed_gain(parts),
        teacher_calls=spent.calls,
        teacher_requests=spent.requests,
        cached=spent.cached,
        usd=round(spent.usd, 9),
        seconds=round(parts.clock.seconds, 1),
    )


def _sealed_gain(parts: "Parts") -> dict[str, Any]:
    """First against last champion on the sealed set, item by item."""
    from agents.reporting.events import of_kind, read_events
    from agents.run_folder import read_records
    from reasoner.evaluation.statistics import paired_gain
    from reasoner.types.problem import Attempt

    # Not the store's decisions: those of cycles that a fork shares are its parent's.
    decided = of_kind(read_events(parts.folder.root), "decision")
    promoted = [event["cycle"] for event in decided if event["verdict"] == "promote"]
    first = read_records(parts.folder.attempts(0, "sealed"), Attempt)
    last = read_records(parts.folder.attempts(max(promoted, default=0), "sealed"), Attempt)
    judged = [(a.correct, b.correct) for a, b in zip(first, last, strict=True) if "error" not in (a.outcome, b.outcome)]
    wins, losses = sum(b > a for a, b in judged), sum(a > b for a, b in judged)
    gain, ci95 = paired_gain(wins, losses, len(judged))
    before, after = (sum(pair[i] for pair in judged) / len(judged) for i in (0, 1))
    return {
        "first": before,
        "last": after,
        "gain": gain,
        "ci95": ci95,
        "n": len(judged),
        "wins": wins,
        "losses": losses,
    }


def _write_reports(parts: "Parts") -> None:
    from agents.nodes.report import sources_of
    from agents.reporting.events import read_events
    from agents.reporting.markdown import write_report
    from agents.reporting.page.page import write_page
    from agents.reporting.plot import plot_accuracy
    from agents.reporting.results import append_results
    from agents.reporting.summary import cycle_rows, summarise

    events = read_events(parts.folder.root)
    summary = summarise(events)
    if not summary.measured:
        return
    plot_accuracy(parts.folder.root, events)
    write_report(parts.folder.root, events)
    write_page(sources_of(parts))
    shared = parts.inheritance.cycle if parts.inheritance else 0  # cycles before it stand there as the parent's
    # Lines are never changed: a cycle that waits for a ruling is written once it has ended.
    cycles = zip(cycle_rows(summary), summary.cycles, strict=True)
    ended = [(row, c.champion) for row, c in cycles if c.cycle >= shared and row.verdict != "await"]
    append_results(
        parts.home / "runs" / "results.tsv",
        [row for row, _ in ended],
        run=parts.run,
        config_hash=config_hash(parts.settings),
        seed=parts.settings.seed,
        champions=[champion for _, champion in ended],
    )


def _outcome(
    folder: Path, run: str, *, cycles: int, finished_before: bool, budget: bool, awaiting: str = ""
) -> LoopOutcome:
    from agents.reporting.events import read_events
    from agents.reporting.summary import cycle_rows, summarise

    summary = summarise(read_events(folder))
    table: tuple[CycleRow, ...] = tuple(cycle_rows(summary))
    return LoopOutcome(
        run=run,
        cycles=cycles,
        promotions=len(summary.promotions),
        champion=summary.cycles[-1].champion if summary.cycles else "",
        finished_before=finished_before,
        budget_reached=budget,
        awaiting=awaiting,
        table=table,
        report=folder / "report.md",
    )


def _cycles_done(parts: "Parts") -> int:
    from agents.reporting.events import of_kind, read_events

    ended = of_kind(read_events(parts.folder.root), "cycle")
    return max((e["cycle"] for e in ended), default=0)


def _limits(settings: Settings) -> dict[str, Any]:
    return settings.limits.model_dump(mode="json")


def _read_json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
