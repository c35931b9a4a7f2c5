"""What the commands of schedules do: add, fire one now, and keep watch."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from jobs.firing import Say, fire_due, fire_now, next_due, settings_of, unfinished, unusable, words_of
from jobs.queue import run_job, start_job
from jobs.scheduler import find_zone, next_moment
from memory.store.jobs import MOST_DEATHS, JobStore
from memory.store.schedules import ScheduleStore
from reasoner.bootstrap.home import Home, open_home
from reasoner.bootstrap.work import HANDLERS
from reasoner.config.resolved import config_hash
from reasoner.config.secrets import Redactor
from reasoner.errors import AwaitingApproval, BusyError, ReasonerError, StorageError, UsageError
from reasoner.storage.refusals import in_words
from reasoner.types.job import Job
from reasoner.types.schedule import Firing, Schedule

POLL_SECONDS = 10.0
"""A wait counts time that a sleeping machine does not; a look every ten seconds finds what was due meanwhile."""

EVERY = "every schedule"
"""Stands for the name where the home itself was busy or full."""

SHORTEST_WAIT = 0.05
"""Seconds between two looks, so that rounding makes nobody look thousands of times just before a moment."""


def schedule_of(**words: Any) -> Schedule:
    """A schedule from what was typed.

    Raises:
        UsageError: a number is out of its bounds.
    """
    try:
        return Schedule.model_validate(words)
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).replace("_", "-")
        raise UsageError(f"--{option} {first['input']!r:.80}: {first['msg']}") from error


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
    if any(Redactor().clean(word) != word for word in schedule.overrides):
        raise UsageError(
            "teacher.api_key is not kept with a schedule, nor is any other key or password; put it into the "
            "environment or into .env"
        )
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
            _man(place, wait=True, say=say)
        return
    place.database()  # a home that cannot be used at all ends the command
    told = set[tuple[str, str]]()

    def say_once(firing: Firing) -> None:
        """What is wrong with a schedule itself is told once, not at every look."""
        about = (firing.schedule, firing.note)
        if firing.outcome != "failed" or about not in told:
            say(firing)
        told.add(about)

    while True:
        try:
            fire_due(place.database(), datetime.now(UTC), say=say_once)
            if work:
                _man(place, wait=False, say=say_once)
            pause = _pause(place)
            told -= {about for about in told if about[0] == EVERY}  # the next time is told again
        except Exception as error:
            # Nobody sits beside a scheduler at night: what may pass by itself is told, and tried again.
            refused = in_words(error)
            if not isinstance(refused, (BusyError, StorageError)):
                raise
            say_once(unusable(EVERY, datetime.now(UTC), words_of(refused)))
            pause = POLL_SECONDS
        time.sleep(pause)


def _pause(place: Home) -> float:
    """Seconds until the next moment, but never longer than until the next look."""
    now = datetime.now(UTC)
    moment = next_due(place.database(), now)
    left = POLL_SECONDS if moment is None else (moment - now).total_seconds()
    return min(POLL_SECONDS, max(SHORTEST_WAIT, left))


def _man(place: Home, *, wait: bool, say: Say) -> None:
    """Sees to it that somebody is at work on each night that was filed and has not ended; may wait for all of them."""
    names = [entry.name for entry in ScheduleStore(place.database()).entries()]
    while sum(_start_nights(place, name, say) for name in names) and wait:
        time.sleep(0.5)


def _start_nights(place: Home, name: str, say: Say) -> bool:
    """Whether nights of a schedule are under way, all of which have somebody at work."""
    database = place.database()
    jobs = JobStore(database)
    try:
        nights = unfinished(database, name)
        for id in nights:
            job = jobs.get(id)
            if job.deaths >= MOST_DEATHS:
                jobs.fail(id, error=f"given up after {job.deaths} deaths in a row; {job.error}")
                continue
            start_job(database, place.root, job.spec, handler=HANDLERS.get(job.spec.kind, ""))
    except BusyError:
        raise
    except ReasonerError as error:
        # A job's row that cannot be read stops this schedule's nights and nobody else's.
        say(unusable(name, datetime.now(UTC), words_of(error)))
        return False
    return bool(nights)


def _require_hour(until: str) -> None:
    try:
        datetime.strptime(until, "%H:%M")
    except ValueError as error:
        raise UsageError(f"--until {until!r}: expected an hour such as 06:30") from error
