"""Schedules of nightly runs, and what became of each scheduled moment. Moments are ISO texts in UTC."""

from typing import Literal

from reasoner.types.record import Record

Outcome = Literal["due", "filed", "caught up", "missed", "skipped", "waiting", "failed"]


class Schedule(Record):
    """When to run what. The configuration is kept as the words that name it, and resolved anew at each firing."""

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
    cycles: int
    max_usd: float | None = None
    max_calls: int | None = None
    max_minutes: float | None = None
    """The limits hold for one night."""
    window: float | None = None
    """Minutes after its firing at which a night stops."""
    until: str | None = None
    """`HH:MM` in the schedule's zone, at which a night stops."""
    grace: float = 12.0
    """Hours after which a moment is no longer caught up."""


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
    night waits for a person; `failed`: the configuration is wrong by now."""
    job: str
    """Id of its job; empty where none was filed."""
    note: str
