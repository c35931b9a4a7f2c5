"""The clockwork: which moments a cron line means. The only door to APScheduler, which reads the fields.

No alarm is stored anywhere: moments follow from the `schedules` table whenever somebody asks. A cron line speaks of the
clock on the wall. Each of its moments is one instant: a wall time that happens twice (autumn) means the first, one that
never happens (spring) is as many minutes late as the clock jumped. APScheduler would take the numbers of weekdays from
Monday on, where cron counts from Sunday; they are translated.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from reasoner.errors import UsageError

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
SLACK = timedelta(hours=4)
"""More than any clock on a wall was ever put back or forward for summer time."""


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
