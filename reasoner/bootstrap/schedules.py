"""What the commands of schedules do: add, fire one now, and keep watch."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from jobs.firing import Say, fire_due, fire_now, settings_of, unfinished
from jobs.queue import run_job, start_job
from jobs.scheduler import Alarms, find_zone, next_moment
from memory.store.jobs import MOST_DEATHS, JobStore
from memory.store.schedules import ScheduleStore
from reasoner.bootstrap.home import Home, open_home
from reasoner.bootstrap.work import HANDLERS
from reasoner.config.resolved import config_hash
from reasoner.errors import AwaitingApproval, BusyError, UsageError
from reasoner.types.job import Job
from reasoner.types.schedule import Firing, Schedule

POLL_SECONDS = 10.0
"""Alarms count time that a sleeping machine does not; a look every ten seconds finds what was due meanwhile."""


def add_schedule(schedule: Schedule, *, home: Path) -> Schedule:
    """Keeps a schedule after its cron line, zone, hours and configuration have been found right.

    Raises:
        UsageError: one of them is wrong, or the name is taken.
    """
    now = datetime.now(UTC)
    find_zone(schedule.timezone)
    if next_moment(schedule.cron, schedule.timezone, now) is None:
        raise UsageError(f"--cron {schedule.cron!r}: no such moment comes in the next five years")
    if schedule.until is not None:
        _require_hour(schedule.until)
    if any(word.partition("=")[0].strip() == "teacher.api_key" for word in schedule.overrides):
        raise UsageError("teacher.api_key is not kept with a schedule; put it into the environment or into .env")
    checked = schedule.model_copy(update={"config_hash": config_hash(settings_of(schedule))})
    ScheduleStore(open_home(home).database()).add(checked, since=now.isoformat(timespec="seconds"))
    return checked


def run_schedule(name: str, *, home: Path, progress: Callable[[float, str], None]) -> tuple[Firing, Job]:
    """Fires a schedule now and waits for its night.

    Raises:
        BusyError: the last night has not ended.
        AwaitingApproval: it waits for a person.
    """
    database = open_home(home).database()
    firing = fire_now(database, ScheduleStore(database).get(name), datetime.now(UTC))
    if firing.outcome == "waiting":
        raise AwaitingApproval(f"schedule {name!r} did not run: it waits {firing.note}")
    if not firing.job:
        raise BusyError(f"schedule {name!r} did not run: {firing.note}; see `reasoner schedule show {name}`")
    spec = JobStore(database).get(firing.job).spec
    return firing, run_job(database, home, spec, on_progress=progress, handler=HANDLERS[spec.kind])


def keep_watch(*, home: Path, once: bool, work: bool, say: Say) -> None:
    """Fires what is due, for ever or once; with `work`, sees to it that somebody is at each filed night."""
    place = open_home(home)
    if once:
        fire_due(place.database(), datetime.now(UTC), say=say)
        if work:
            _man(place, wait=True)
        return
    alarms = Alarms(place.database())
    try:
        while True:
            alarms.set(ScheduleStore(place.database()).list())
            fire_due(place.database(), datetime.now(UTC), say=say)
            if work:
                _man(place, wait=False)
            alarms.rung.wait(POLL_SECONDS)
            alarms.rung.clear()
    finally:
        alarms.close()


def _man(place: Home, *, wait: bool) -> None:
    database = place.database()
    jobs = JobStore(database)
    for schedule in ScheduleStore(database).list():
        for id in unfinished(database, schedule.name):
            job = jobs.get(id)
            if job.deaths >= MOST_DEATHS:
                jobs.fail(id, error=f"given up after {job.deaths} deaths in a row; {job.error}")
                continue
            start_job(database, place.root, job.spec, handler=HANDLERS[job.spec.kind])
    while wait and any(unfinished(database, schedule.name) for schedule in ScheduleStore(database).list()):
        time.sleep(0.5)
        _man(place, wait=False)


def _require_hour(until: str) -> None:
    try:
        datetime.strptime(until, "%H:%M")
    except ValueError as error:
        raise UsageError(f"--until {until!r}: expected an hour such as 06:30") from error
