"""Firing: each due moment of a schedule is recorded once, and at most one of them files a job.

Recording and filing are two steps. Whoever dies between them leaves a moment `due`, which the next scheduler files; the
job's key is the moment, so that filing twice is filing once.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from jobs.scheduler import find_zone, moments, next_moment
from memory.locks import process_mark
from memory.store.approval import why_stale
from memory.store.database import Database
from memory.store.jobs import JobStore
from memory.store.proposals import ProposalStore
from memory.store.schedules import ScheduleStore
from reasoner.config.loading import load_settings
from reasoner.config.resolved import config_hash
from reasoner.config.settings import Settings
from reasoner.errors import BusyError, GateError, ReasonerError, UsageError
from reasoner.types.job import JobSpec
from reasoner.types.schedule import Firing, Outcome, Schedule, ScheduleEntry

PROMPT = timedelta(minutes=5)
"""A moment fired later than this was caught up."""

MOST_WORDS = 600
"""Characters of an error that are kept with a firing."""

UNUSABLE = (ReasonerError, ValueError, OverflowError)
"""What a schedule that somebody wrote by hand can raise: a cron line without a meaning, a moment out of range."""

Say = Callable[[Firing], None]


class _Configuration(NamedTuple):
    """What became of reading a schedule's configuration."""

    mark: str
    """Hash of the settings; empty where they cannot be read."""
    fault: str
    """Why they cannot; empty where they can."""


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
    settled = list[Firing]()
    for entry in ScheduleStore(database).entries():
        try:
            settled += _settled(database, entry, now)
        except BusyError:
            raise
        except UNUSABLE as error:
            # One schedule that cannot be used does not keep the others from firing.
            settled.append(unusable(entry.name, now, words_of(error)))
    for firing in settled:
        say(firing)
    return settled


def next_due(database: Database, now: datetime) -> datetime | None:
    """The next moment of any schedule; None if none comes."""
    found = list[datetime]()
    for entry in ScheduleStore(database).entries():
        if entry.schedule is None:
            continue
        try:
            moment = next_moment(entry.schedule.cron, entry.schedule.timezone, now)
        except UsageError:
            continue  # `fire_due` says so
        found += [moment] if moment is not None else []
    return min(found, default=None)


def fault_of(entry: ScheduleEntry) -> str:
    """Why a schedule could not run now, in words; empty if it could."""
    if entry.schedule is None:
        return entry.fault
    try:
        next_moment(entry.schedule.cron, entry.schedule.timezone, datetime.now(UTC))
    except UNUSABLE as error:
        return words_of(error)
    return _configuration(entry.schedule).fault


def unusable(name: str, now: datetime, note: str) -> Firing:
    """What is told, and not recorded, of a schedule that has no moments because it cannot be read."""
    return Firing(
        schedule=name,
        scheduled=_iso(now),
        fired_at=_iso(now),
        process=process_mark(),
        outcome="failed",
        job="",
        note=note,
    )


def words_of(error: Exception) -> str:
    """An error as one line that can be stored and printed: what cannot be printed is escaped."""
    text = str(error) if isinstance(error, ReasonerError) else f"{type(error).__name__}: {error}"
    one_line = " ".join(text.split())
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in one_line)[:MOST_WORDS]


def _settled(database: Database, entry: ScheduleEntry, now: datetime) -> list[Firing]:
    if entry.schedule is None:
        return [unusable(entry.name, now, entry.fault)]
    recorded = record_due(database, entry.schedule, now)
    due = [firing for firing in ScheduleStore(database).firings(entry.name) if firing.outcome == "due"]
    return recorded + [file_firing(database, entry.schedule, firing) for firing in due]


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
    found = _configuration(schedule)
    if found.fault:
        return store.settle(firing, "failed", note=found.fault)
    note = ""
    if found.mark != schedule.config_hash:
        note = f"its configuration has changed since it was added ({schedule.config_hash}, now {found.mark})"
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
    return load_settings(schedule.config, schedule.overrides, os.environ, folder / ".env", stored=True)


def _configuration(schedule: Schedule) -> _Configuration:
    try:
        return _Configuration(config_hash(settings_of(schedule)), "")
    except Exception as error:
        # Whatever a file can do to its reader is the fault of this file's schedule alone: the others fire.
        return _Configuration("", f"its configuration can no longer be read: {words_of(error)}")


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
