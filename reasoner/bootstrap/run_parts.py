"""Puts together what the nodes of one run work with: problems, teacher, store, jobs, events, trace, clock."""

import functools
import hashlib
import os
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.run_folder import RESTORE
from memory.store.runs import RunRow
from reasoner.bootstrap.home import Home
from reasoner.bootstrap.judging import bound, judge_of, proof_of
from reasoner.config.resolved import dump_yaml
from reasoner.config.settings import Settings
from reasoner.domains.registry import get_domain
from reasoner.errors import DamagedError, UsageError
from reasoner.storage.json_files import read_object
from reasoner.types.loop import Progress
from reasoner.types.trace import TraceEvent

if TYPE_CHECKING:
    from agents.events import EventLog
    from agents.parts import Parts
    from reasoner.data.sources import ProblemSource

DECIDING = ("data_hash", "retention_hash", "checker_hash", "domain", "splits")
"""Of the manifest: what must not change while a run lasts."""

Listener = Callable[[TraceEvent], None]
Watcher = Callable[[Progress], None]


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

    folder = RunFolder(place.root, row.id)
    known = read_events(folder.root) if (folder.root / "events.jsonl").exists() else []
    source = source_of(settings, cycles)
    about = _describe(place.root, folder.root, settings, row.id, proof=proof_of(settings, source, place))
    # What was chosen once holds for the whole run: another choice at a later start would be another base.
    computing = {"threads": about["threads"], "precision": about.get("precision", "float32")}
    chosen = settings.compute.model_copy(update=computing)
    settings = settings.model_copy(update={"compute": chosen})
    torch.set_num_threads(about["threads"])
    redactor = redactor_of(settings.teacher, os.environ)
    traced = folder if settings.trace.on else None
    trace = Tracer(traced, redactor=redactor, latents=settings.trace.latents)
    events = EventLog(folder.root, row.id, listener, trace=trace, redactor=redactor)
    starts = len(of_kind(known, "launch"))
    identity = {"home": place.root.name, "config_hash": row.config_hash, "git": about["git"]}
    events.write(f"launch/{starts}", "launch", **identity, **computing, start=starts)
    remarks = remarks_of(events, starts)
    clock = Clock(folder.root / "seconds.txt", limit=settings.limits.max_minutes)
    beginning, domain = inherited(folder), get_domain(settings.task.name)
    judge = judge_of(
        domain,
        settings,
        place,
        run=row.id,
        kin=beginning.kin if beginning else (),
        out_of_time=clock.is_over,
        say=remarks,
        on_progress=lambda cycle, node, done, total: progress(
            Progress(cycle=cycle, node=node, done=done, total=total, note="verdicts")
        ),
    )
    return Parts(
        run=row.id,
        settings=settings,
        cycles=cycles,
        threads=about["threads"],
        database=place.database(),
        folder=folder,
        domain=bound(domain, judge),
        judge=judge,
        source=source,
        events=events,
        progress=progress,
        teacher_for=lambda ledger, on_progress: LiteLLMTeacher(
            settings.teacher,
            settings.limits,
            ledger,
            seed=settings.seed,
            task=settings.task.name,
            on_progress=on_progress,
            out_of_time=clock.is_over,
            say=remarks,
        ),
        run_job=lambda spec, on_progress: _timed_job(run_job, place, spec, on_progress, clock),
        student_of=functools.lru_cache(maxsize=3)(place.student),
        clock=clock,
        trace=trace,
        inheritance=beginning,
    )


def new_run_id(settings: Settings) -> str:
    """A readable id: when, what is learnt, with which configuration, and four digits of chance."""
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M")
    task = re.sub(r"[^a-z0-9]+", "_", get_domain(settings.task.name).info.name.lower()).strip("_")[:24]
    return f"{moment}-{task or 'task'}-{settings.name}-{secrets.token_hex(2)}"


def remarks_of(events: "EventLog", start: int) -> Callable[[str], None]:
    """Writes what the teacher's threads have to say as events, each remark once a start."""

    def say(words: str) -> None:
        mark = hashlib.sha256(words.encode()).hexdigest()[:12]
        events.write(f"remark/{start}/{mark}", "remark", words=words)

    return say


def source_of(settings: Settings, cycles: int) -> "ProblemSource":
    """The run's problems, enough for the cycles asked for."""
    from reasoner.data.sources import open_source

    source = open_source(settings)
    if source.gate_sets is not None and source.gate_sets < cycles:
        raise UsageError(
            f"{settings.task.rows!r} has fresh gate problems for {source.gate_sets} cycles of data.gate_size="
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


def _describe(home: Path, folder: Path, settings: Settings, run: str, *, proof: dict[str, Any]) -> dict[str, Any]:
    """The run's manifest and resolved configuration, written at its first start and kept."""
    from reasoner.bootstrap.compute import kept_compute
    from reasoner.bootstrap.manifest import manifest
    from reasoner.storage.writing import write_json, write_text

    path = folder / "manifest.json"
    if not path.exists():
        write_text(folder / "config.resolved.yaml", dump_yaml(settings))
        write_json(path, {**manifest(settings, run=run), **kept_compute(home, settings.compute), **proof})
    about = read_json(path)
    now = manifest(settings, run=run)
    about.setdefault("retention_hash", "")  # before there were suites to retain
    lacking = [name for name in (*DECIDING, "git", "threads") if name not in about]
    if lacking:
        raise DamagedError(f"{str(path)!r} lacks {', '.join(lacking)}; {RESTORE}")
    changed = [name for name in DECIDING if about[name] != now[name]]
    if changed:
        raise UsageError(
            f"run {run} began with another {' and '.join(changed)} ({', '.join(about[n] for n in changed)}); its "
            "problems would not be the same. Restore what was changed, or start a new run with --fresh"
        )
    return about


def read_json(path: Path, *, mend: str = RESTORE) -> dict[str, Any]:
    """An object of a run's folder; empty if the file is missing."""
    return read_object(path, mend=mend) if path.exists() else {}
