"""The clockwork: which moments a cron line means, and a clock that wakes at them. The only door to APScheduler.

A cron line speaks of the clock on the wall. Each of its moments is one instant: a wall time that happens twice (autumn)
means the first, one that never happens (spring) is as many minutes late as the clock jumped. APScheduler would take the
numbers of weekdays from Monday on, where cron counts from Sunday; they are translated.
"""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from memory.locks import exclusive
from memory.store.database import Database
from reasoner.errors import UsageError
from reasoner.types.schedule import Schedule

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
SLACK = timedelta(hours=4)
"""More than any clock on a wall was ever put back or forward for summer time."""

ALARM_TABLE = "apscheduler_jobs"

_wakers: dict[str, threading.Event] = {}


def moments(cron: str, timezone: str, after: datetime, until: datetime) -> Iterator[datetime]:
    """The instants (UTC, rising) that a cron line means, later than `after` and not later than `until`.

    Raises:
        UsageError: the line or the zone means nothing.
    """
    trigger, zone = _wall_trigger(cron), find_zone(timezone)
    wall = after.astimezone(zone).replace(tzinfo=UTC) - SLACK
    last = after
    while (found := trigger.get_next_fire_time(None, wall)) is not None:
        # Through UTC: a wall time that never was is thereby moved behind the gap. fold=0 is the first of two.
        instant = found.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if instant > until and found > until.astimezone(zone).replace(tzinfo=UTC) + SLACK:
            return
        if last < instant <= until:
            yield instant
            last = instant
        wall = found + timedelta(minutes=1)


def next_moment(cron: str, timezone: str, after: datetime) -> datetime | None:
    """The first instant after this one; None if there is none within five years."""
    return next(moments(cron, timezone, after, after + timedelta(days=5 * 366)), None)


def find_zone(timezone: str) -> ZoneInfo:
    """A time zone by its IANA name.

    Raises:
        UsageError: there is no such zone.
    """
    try:
        return ZoneInfo(timezone)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(
            f"--timezone {timezone!r}: there is no such time zone; give an IANA name such as Europe/Berlin or UTC"
        ) from error


def _wall_trigger(cron: str) -> CronTrigger:
    fields = cron.split()
    if len(fields) != 5:
        raise UsageError(
            f"--cron {cron!r}: expected five fields (minute, hour, day of month, month, day of week), such as "
            f'"0 2 * * *" for every night at two; got {len(fields)}'
        )
    minute, hour, day, month, weekday = fields
    if day != "*" and weekday != "*":
        raise UsageError(
            f"--cron {cron!r}: names days of the month and days of the week; cron would take either, which is rarely "
            "meant. Put * for one of them, or add two schedules"
        )
    try:
        return CronTrigger(
            minute=minute, hour=hour, day=day, month=month.lower(), day_of_week=_weekdays(weekday), timezone=UTC
        )
    except ValueError as error:
        raise UsageError(f'--cron {cron!r}: {error}; expected five fields such as "0 2 * * *"') from error


def _weekdays(field: str) -> str:
    """Cron's weekdays (0 and 7 are Sunday, names, ranges, steps, lists) as APScheduler's names."""
    if field == "*":
        return field
    wanted: set[int] = set()
    for part in field.lower().split(","):
        span, _, step = part.partition("/")
        first, dash, last = ("0", "-", "6") if span == "*" else span.partition("-")
        low = _weekday(first)
        high = _weekday(last) if dash else 6 if step else low
        if low > high and high == 0:
            high = 7
        if low > high or (step and (not step.isdecimal() or step == "0")):
            raise ValueError(f"day of week {part!r} is not a range such as mon-fri or 1-5")
        wanted |= {day % 7 for day in range(low, high + 1, int(step or 1))}
    return ",".join(DAYS[day] for day in sorted(wanted))


def _weekday(name: str) -> int:
    if name in DAYS:
        return DAYS.index(name)
    if name.isdecimal() and int(name) <= 7:
        return int(name)
    raise ValueError(f"day of week {name!r} is none of 0 to 7 and {', '.join(DAYS)}")


class WallTrigger(BaseTrigger):
    """The moments of a cron line, for APScheduler."""

    def __init__(self, cron: str, timezone: str):
        self.cron, self.timezone = cron, timezone

    def get_next_fire_time(  # pyright: ignore[reportIncompatibleMethodOverride] (the base has no types)
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None:
        """The moment after the last one, past or not: whether it is too late is not ours to say."""
        return next_moment(self.cron, self.timezone, previous_fire_time or now)

    def __getstate__(self) -> dict[str, str]:
        return {"cron": self.cron, "timezone": self.timezone}

    def __setstate__(self, state: dict[str, str]) -> None:
        self.cron, self.timezone = state["cron"], state["timezone"]


def wake(home: str) -> None:
    """What an alarm does: the process's own scheduler looks what is due."""
    if home in _wakers:
        _wakers[home].set()


class Alarms:
    """Wakes at the moments of the schedules; they are kept in a table of the home's store."""

    def __init__(self, database: Database):
        self.rung = threading.Event()
        self._home = str(database.home)
        _wakers[self._home] = self.rung
        options: dict[str, Any] = {"connect_args": {"timeout": 15}} if database.is_sqlite else {}
        store = SQLAlchemyJobStore(url=database.url, tablename=ALARM_TABLE, engine_options=options)
        self._clock = BackgroundScheduler(
            jobstores={"default": store}, job_defaults={"coalesce": True, "max_instances": 1}, timezone=UTC
        )
        # Its table is made at the first start: two processes would both make it.
        with exclusive(Path(self._home) / "scheduler.lock"):
            self._clock.start()

    def set(self, schedules: list[Schedule]) -> None:
        """Has one alarm for each of these schedules and no other."""
        there = {job.id: job for job in self._clock.get_jobs()}
        for schedule in schedules:
            job, wanted = there.pop(schedule.name, None), WallTrigger(schedule.cron, schedule.timezone)
            if job is None or job.trigger.__getstate__() != wanted.__getstate__():
                self._clock.add_job(
                    "jobs.scheduler:wake",
                    wanted,
                    id=schedule.name,
                    args=[self._home],
                    replace_existing=True,
                    misfire_grace_time=max(1, round(3600 * schedule.grace)),
                )
        for name in there:
            self._clock.remove_job(name)

    def close(self) -> None:
        """Ends the clock; the table stays."""
        self._clock.shutdown()
        _wakers.pop(self._home, None)
