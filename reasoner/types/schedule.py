"""Schedules of nightly runs, and what became of each scheduled moment. Moments are ISO texts in UTC."""

from typing import Annotated, Literal

from pydantic import Field

from reasoner.types.record import Record

Outcome = Literal["due", "filed", "caught up", "missed", "skipped", "waiting", "failed"]


Hours = Annotated[float, Field(strict=True, ge=0, le=24 * 366, allow_inf_nan=False)]
Minutes = Annotated[float, Field(strict=True, ge=0, le=60 * 24 * 366, allow_inf_nan=False)]
Dollars = Annotated[float, Field(strict=True, ge=0, le=1e6, allow_inf_nan=False)]
Cycles = Annotated[int, Field(strict=True, ge=1, le=10_000)]
Calls = Annotated[int, Field(strict=True, ge=0, le=10**9)]


class Schedule(Record):
    """When to run what. The configuration is kept as the words that name it, and resolved anew at each firing.

    Every number has a bound, so that a row that somebody wrote by hand fails by itself instead of ending the scheduler.
    """

    name: str
    cron: str
    """Five fields: minute, hour, day of month, month, day of week."""
    timezone: str
    """An IANA name, such as `Europe/Berlin`."""
    config: str | None
    """Name of a preset, or absolute path of a file."""
    overrides: tuple[str, ...]
    """`KEY=VALUE` words."""
    folder: str
    """Where the words are to be read: relative paths and `.env`."""
    config_hash: str
    """Of the configuration as it was when the schedule was added."""
    cycles: Cycles
    max_usd: Dollars | None = None
    max_calls: Calls | None = None
    max_minutes: Minutes | None = None
    """The limits hold for one night."""
    window: Minutes | None = None
    """Minutes after its firing at which a night stops."""
    until: str | None = None
    """`HH:MM` in the schedule's zone, at which a night stops."""
    grace: Hours = 12.0
    """Hours after which a moment is no longer caught up."""


class ScheduleEntry(Record):
    """A schedule as it lies in the store, which somebody may have written by hand."""

    name: str
    schedule: Schedule | None
    """None where its row cannot be read."""
    fault: str
    """Why; empty where it can."""


class Firing(Record):
    """One scheduled moment of a schedule."""

    schedule: str
    scheduled: str
    fired_at: str
    """When a scheduler came to it."""
    process: str
    """The scheduler's mark."""
    outcome: Outcome
    """`due`: recorded, its job not yet filed; `caught up`: filed late; `waiting`: nothing was filed, because the last
    night waits for a person; `failed`: the configuration or the schedule itself cannot be read."""
    job: str
    """Id of its job; empty where none was filed."""
    note: str
