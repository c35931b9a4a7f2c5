"""Firing: each due moment of a schedule is recorded once, and at most one of them files a job.

Recording and filing are two steps. Whoever dies between them leaves a moment `due`, which the next scheduler files; the
job's key is the moment, so that filing twice is filing once.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from jobs.scheduler import find_zone, moments
from memory.locks import process_mark
from memory.store.approval import why_stale
from memory.store.database import Database
from memory.store.jobs import JobStore
from memory.store.proposals import ProposalStore
from memory.store.schedules import ScheduleStore
from reasoner.config.loading import load_settings
from reasoner.config.resolved import config_hash
from reasoner.config.settings import Settings
from reasoner.errors import GateError, ReasonerError
from reasoner.types.job import JobSpec
from reasoner.types.schedule import Firing, Outcome, Schedule

PROMPT = timedelta(minutes=5)
"""A moment fired later than this was caught up."""

Say = Callable[[Firing], None]


class _Held(NamedTuple):
    """What is recorded of a moment at which nothing begins."""

    outcome: Outcome
    note: str


def fire_due(database: Database, now: datetime, *, say: Say = lambda _: None) -> list[Firing]:
    """Records every moment that is due by `now` and files the newest of each schedule; returns those settled.

    Args:
        database: the store.
        now: with a zone.
        say: told of each moment when its outcome is known.
    """
    store, settled = ScheduleStore(database), list[Firing]()
    for schedule in store.list():
        settled += record_due(database, schedule, now)
        settled += [file_firing(database, schedule, f) for f in store.firings(schedule.name) if f.outcome == "due"]
    for firing in settled:
        say(firing)
    return settled


def record_due(database: Database, schedule: Schedule, now: datetime) -> list[Firing]:
    """Records the moments since the last look, the newest as `due` where it may run; returns the others."""
    store = ScheduleStore(database)
    since = store.seen_until(schedule.name)
    found = list(moments(schedule.cron, schedule.timezone, datetime.fromisoformat(since), now))
    if not found:
        return []
    late = [_firing(schedule, at, now, "missed", "a later night was due as well; only the newest runs") for at in found]
    late[-1] = _newest(database, schedule, found[-1], now)
    if not store.record(schedule.name, late, since=since, until=_iso(now)):
        return []
    return [firing for firing in late if firing.outcome != "due"]


def fire_now(database: Database, schedule: Schedule, now: datetime) -> Firing:
    """Fires out of turn, under the present minute; the same minute again is the same firing."""
    moment = now.replace(second=0, microsecond=0)
    held = _held_up(database, schedule)
    firing = _firing(schedule, moment, now, held.outcome if held else "due", held.note if held else "")
    recorded = ScheduleStore(database).insert(firing)
    # What held it up earlier in this minute may have gone.
    may_begin = recorded.outcome == "due" or (held is None and not recorded.job)
    return file_firing(database, schedule, recorded) if may_begin else recorded


def file_firing(database: Database, schedule: Schedule, firing: Firing) -> Firing:
    """Files the job of a recorded moment."""
    store = ScheduleStore(database)
    try:
        found = config_hash(settings_of(schedule))
    except (ReasonerError, OSError) as error:
        return store.settle(firing, "failed", note=f"its configuration can no longer be read: {error}")
    note = ""
    if found != schedule.config_hash:
        note = f"its configuration has changed since it was added ({schedule.config_hash}, now {found})"
    spec = JobSpec(
        key=f"schedule/{schedule.name}/{firing.scheduled}",
        kind="loop",
        payload={"schedule": schedule.model_dump(mode="json"), "deadline": deadline(schedule, firing), "note": note},
    )
    job = JobStore(database).by_key(spec.key) or JobStore(database).file(spec)
    late = datetime.fromisoformat(firing.fired_at) - datetime.fromisoformat(firing.scheduled)
    return store.settle(firing, "caught up" if late > PROMPT else "filed", job=job.id, note=note)


def settings_of(schedule: Schedule) -> Settings:
    """What the schedule's words mean now."""
    folder = Path(schedule.folder)
    return load_settings(schedule.config, schedule.overrides, os.environ, folder / ".env")


def unfinished(database: Database, name: str) -> list[str]:
    """Ids of the schedule's jobs that are queued or at work."""
    jobs = JobStore(database)
    ids = [firing.job for firing in ScheduleStore(database).firings(name) if firing.job]
    return [id for id in dict.fromkeys(ids) if jobs.requeue_if_dead(id).state in ("queued", "running")]


def deadline(schedule: Schedule, firing: Firing) -> str:
    """When the night of a firing stops, ISO text in UTC; empty if nothing says so."""
    ends: list[datetime] = []
    if schedule.window is not None:
        ends.append(datetime.fromisoformat(firing.fired_at) + timedelta(minutes=schedule.window))
    if schedule.until is not None:
        zone = find_zone(schedule.timezone)
        start = datetime.fromisoformat(firing.scheduled).astimezone(zone)
        hour, _, minute = schedule.until.partition(":")
        end = start.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        ends.append((end if end > start else end + timedelta(days=1)).astimezone(UTC))
    return _iso(min(ends)) if ends else ""


def _newest(database: Database, schedule: Schedule, moment: datetime, now: datetime) -> Firing:
    due = _firing(schedule, moment, now, "due", "")
    end = deadline(schedule, due)
    if now - moment > timedelta(hours=schedule.grace):
        return _firing(schedule, moment, now, "missed", f"more than {schedule.grace:g} hours late")
    if end and now >= datetime.fromisoformat(end):
        return _firing(schedule, moment, now, "missed", "its window was over")
    if held := _held_up(database, schedule):
        return _firing(schedule, moment, now, held.outcome, held.note)
    return due


def awaited(database: Database, name: str) -> str:
    """Id of the proposal that the schedule's last night waits for; empty for none, or once somebody has ruled."""
    nights = [firing.job for firing in ScheduleStore(database).firings(name) if firing.job]
    proposal = str(JobStore(database).get(nights[-1]).result.get("proposal", "")) if nights else ""
    if not proposal:
        return ""
    filed = ProposalStore(database).get(proposal)
    # A stale one lapses when the run is taken up: there is nothing to wait for.
    return proposal if filed.ruling is None and not why_stale(database, filed.proposal) else ""


def _held_up(database: Database, schedule: Schedule) -> _Held | None:
    """Why a night that is due does not begin."""
    if running := unfinished(database, schedule.name):
        return _Held("skipped", f"the last one, job {running[0]}, has not ended")
    try:
        proposal = awaited(database, schedule.name)
    except GateError as error:
        # One schedule that nobody can trust does not keep the others from firing.
        return _Held("failed", str(error))
    if proposal:
        return _Held("waiting", f"for a yes or no to proposal {proposal}: `reasoner proposals show {proposal}`")
    return None


def _firing(schedule: Schedule, moment: datetime, now: datetime, outcome: Outcome, note: str) -> Firing:
    return Firing(
        schedule=schedule.name,
        scheduled=_iso(moment),
        fired_at=_iso(now),
        process=process_mark(),
        outcome=outcome,
        job="",
        note=note,
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
