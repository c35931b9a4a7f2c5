"""Schedules under a clock that is passed in, and schedulers that race and die as real processes."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from proposal_maker import begin, proposal
from sqlalchemy import inspect, select, update

from jobs.firing import fault_of, fire_due, fire_now, next_due
from jobs.scheduler import moments
from memory.store.database import Database, open_database
from memory.store.jobs import JobStore
from memory.store.proposals import ProposalStore
from memory.store.rows import Written
from memory.store.schedules import ScheduleStore
from memory.store.tables import ScheduleTable
from reasoner.bootstrap import schedules
from reasoner.config.loading import load_settings
from reasoner.config.resolved import config_hash
from reasoner.errors import UsageError
from reasoner.types.schedule import Firing, Schedule

ADDED = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path)
    yield opened
    opened.close()


def add(database: Database, since: datetime = ADDED, **changes: object) -> None:
    mark = config_hash(load_settings("tiny", (), os.environ, None))
    known = {"name": "n", "cron": "0 2 * * *", "timezone": "UTC", "config": "tiny", "overrides": (), "cycles": 1}
    schedule = Schedule.model_validate({**known, "folder": str(database.home), "config_hash": mark, **changes})
    ScheduleStore(database).add(schedule, since=since.isoformat(timespec="seconds"))


def outcomes(database: Database) -> list[str]:
    return [firing.outcome for firing in ScheduleStore(database).firings("n")]


def finish_jobs(database: Database) -> None:
    for job in JobStore(database).list():
        JobStore(database).succeed(job.id, result={}, seconds=0)


def test_a_night_fires_once_at_its_time(database: Database) -> None:
    add(database)
    assert fire_due(database, datetime(2026, 6, 2, 1, 59, 59, tzinfo=UTC)) == []
    (fired,) = fire_due(database, datetime(2026, 6, 2, 2, 0, 3, tzinfo=UTC))
    assert (fired.outcome, fired.scheduled) == ("filed", "2026-06-02T02:00:00+00:00")
    assert fire_due(database, datetime(2026, 6, 2, 2, 0, 4, tzinfo=UTC)) == []
    (job,) = JobStore(database).list()
    assert (job.spec.key, job.spec.kind, job.id) == ("schedule/n/2026-06-02T02:00:00+00:00", "loop", fired.job)


def test_a_machine_that_slept_runs_once_on_waking(database: Database) -> None:
    add(database)
    (fired,) = fire_due(database, datetime(2026, 6, 2, 7, tzinfo=UTC))
    assert fired.outcome == "caught up"
    assert fire_due(database, datetime(2026, 6, 2, 7, 1, tzinfo=UTC)) == []


def test_ten_missed_nights_run_once(database: Database) -> None:
    add(database)
    fire_due(database, datetime(2026, 6, 11, 8, tzinfo=UTC))
    assert outcomes(database) == ["missed"] * 9 + ["caught up"]
    assert len(JobStore(database).list()) == 1


def test_beyond_the_grace_or_the_window_nothing_runs(database: Database) -> None:
    add(database, grace=2)
    add(database, name="w", until="06:00")
    told = fire_due(database, datetime(2026, 6, 2, 7, tzinfo=UTC))
    assert [(f.outcome, f.note) for f in told] == [
        ("missed", "more than 2 hours late"),
        ("missed", "its window was over"),
    ]
    assert JobStore(database).list() == []


def test_while_the_last_night_has_not_ended_the_next_is_skipped(database: Database) -> None:
    add(database)
    for day in (2, 3):
        fire_due(database, datetime(2026, 6, day, 2, tzinfo=UTC))
    finish_jobs(database)
    fire_due(database, datetime(2026, 6, 4, 2, tzinfo=UTC))
    assert outcomes(database) == ["filed", "skipped", "filed"]


def test_a_night_that_waits_for_a_person_is_not_fired_again_until_somebody_has_ruled(database: Database) -> None:
    add(database)
    begin(database, "human")
    ProposalStore(database).record(proposal("p1", "deep", "base"))
    (fired,) = fire_due(database, datetime(2026, 6, 2, 2, tzinfo=UTC))
    JobStore(database).succeed(fired.job, result={"proposal": "p1"}, seconds=0)
    (held,) = fire_due(database, datetime(2026, 6, 3, 2, tzinfo=UTC))
    assert (held.outcome, held.job, "reasoner proposals show p1" in held.note) == ("waiting", "", True)
    assert (
        fire_now(database, ScheduleStore(database).get("n"), datetime(2026, 6, 3, 9, tzinfo=UTC)).outcome == "waiting"
    )
    ProposalStore(database).rule("p1", "denied", by="me", reason="no")
    assert fire_now(database, ScheduleStore(database).get("n"), datetime(2026, 6, 3, 9, tzinfo=UTC)).outcome == "filed"
    finish_jobs(database)
    (goes_on,) = fire_due(database, datetime(2026, 6, 4, 2, tzinfo=UTC))
    assert goes_on.outcome == "filed"


@pytest.mark.parametrize(
    ("day", "hours"), [(datetime(2026, 3, 28, 20), [1, 24]), (datetime(2026, 10, 24, 20), [0, 25])]
)
def test_nights_of_a_clock_change_run_once(database: Database, day: datetime, hours: list[int]) -> None:
    start = day.replace(tzinfo=UTC)
    add(database, since=start, cron="30 2 * * *", timezone="Europe/Berlin")
    for minute in range(0, 60 * 32, 10):
        fire_due(database, start + timedelta(minutes=minute))
        finish_jobs(database)
    midnight = (start + timedelta(days=1)).replace(hour=0)
    expected = [midnight + timedelta(hours=hours[0], minutes=30), midnight + timedelta(minutes=30 + 60 * hours[1])]
    found = [datetime.fromisoformat(f.scheduled) for f in ScheduleStore(database).firings("n")]
    assert found == expected


def test_weekdays_are_counted_as_cron_does() -> None:
    week = (datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 8, tzinfo=UTC))
    days = {
        line: [f"{m:%a}" for m in moments(f"0 2 * * {line}", "UTC", *week)] for line in ("0", "7", "1-5", "fri-sun")
    }
    assert days["0"] == days["7"] == ["Sun"]
    assert days["1-5"] == ["Mon", "Tue", "Wed", "Thu", "Fri"]
    assert days["fri-sun"] == ["Fri", "Sat", "Sun"]


@pytest.mark.parametrize("cron", ["0 2 * *", "61 2 * * *", "0 2 1 * 1", "0 2 * * 8", "often"])
def test_a_wrong_cron_line_is_refused(cron: str) -> None:
    with pytest.raises(UsageError, match=r"--cron"):
        list(moments(cron, "UTC", ADDED, ADDED + timedelta(days=1)))


def test_a_wrong_zone_is_refused() -> None:
    with pytest.raises(UsageError, match="Mars/Base"):
        list(moments("0 2 * * *", "Mars/Base", ADDED, ADDED))


def test_a_changed_or_lost_configuration_is_told(database: Database) -> None:
    file = database.home / "own.yaml"
    file.write_text("seed: 1\n")
    add(database, config=str(file))
    (fired,) = fire_due(database, datetime(2026, 6, 2, 2, tzinfo=UTC))
    assert "has changed since it was added" in fired.note
    finish_jobs(database)
    file.unlink()
    (failed,) = fire_due(database, datetime(2026, 6, 3, 2, tzinfo=UTC))
    assert (failed.outcome, failed.job) == ("failed", "")


FIRE = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import jobs.firing as firing
from memory.store.database import open_database
if sys.argv[2] == "die":
    firing.file_firing = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
print("ready", flush=True)
sys.stdin.readline()
for f in firing.fire_due(open_database(Path(sys.argv[1])), datetime(2026, 6, 2, 2, tzinfo=UTC)):
    print(f.outcome, flush=True)
"""


def scheduler(home: Path, how: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", FIRE, str(home), how]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_two_schedulers_fire_one_run(database: Database) -> None:
    add(database)
    both = [scheduler(database.home, "live") for _ in range(2)]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    for one in both:
        one.communicate()
        assert one.returncode == 0
    assert (outcomes(database), len(JobStore(database).list())) == (["filed"], 1)


def test_a_scheduler_killed_between_recording_and_filing_still_files_once(database: Database) -> None:
    add(database)
    dying = scheduler(database.home, "die")
    dying.communicate("\n")
    assert dying.returncode == -signal.SIGKILL
    assert (outcomes(database), JobStore(database).list()) == (["due"], [])
    fire_due(database, datetime(2026, 6, 2, 2, 1, tzinfo=UTC))
    assert (outcomes(database), len(JobStore(database).list())) == (["filed"], 1)


@pytest.mark.parametrize(
    "content",
    [
        b"name: caf\xe9\n",
        "seed: 1\n".encode("utf-16"),
        b"seed: 1\x07\n",
        b"seed: 2020-01-01\n",
        b"train: &a\n  base_updates: *a\n",
        b"\x80\x04\x95not yaml",
    ],
)
def test_a_settings_file_that_cannot_be_read_fails_its_own_schedule_and_the_others_fire(
    database: Database, content: bytes
) -> None:
    file = database.home / "own.yaml"
    file.write_bytes(content)
    add(database, name="broken", config=str(file))
    add(database)
    told = {firing.schedule: firing for firing in fire_due(database, datetime(2026, 6, 2, 2, tzinfo=UTC))}
    assert told["n"].outcome == "filed"
    assert told["broken"].outcome == "failed"
    assert "its configuration can no longer be read" in told["broken"].note
    assert told["broken"].note.isprintable(), "what a file holds never reaches the terminal raw"
    broken, other = ScheduleStore(database).entries()
    assert (fault_of(broken), fault_of(other)) == (told["broken"].note, "")


def rewrite(database: Database, schedule: str, changes: dict[str, object]) -> None:
    """As somebody with an editor for databases would."""
    with database.session() as session:
        text = changes.get("record")
        if text is None:
            (row,) = session.scalars(select(ScheduleTable).where(ScheduleTable.name == schedule))
            text = json.dumps(row.record | changes)
        session.execute(update(ScheduleTable).where(ScheduleTable.name == schedule).values(record=Written(text)))


@pytest.mark.parametrize(
    "changes",
    [
        {"grace": float("inf")},
        {"grace": float("nan")},
        {"window": -1},
        {"cycles": True},
        {"cycles": 10**30},
        {"max_usd": "much"},
        {"cron": "often"},
        {"timezone": "Mars/Base"},
        {"timezone": "../../etc/passwd"},
        {"until": "25:99"},
        {"name": "another"},
        {"callable": "os:system"},
        {"record": "no JSON"},
        {"record": "[" * 100_000},
        {"record": "7"},
    ],
)
def test_a_schedule_whose_row_cannot_be_used_fails_alone_and_can_be_removed(
    database: Database, changes: dict[str, object]
) -> None:
    add(database, name="broken", until="09:00")
    add(database)
    rewrite(database, "broken", changes)
    told = {firing.schedule: firing for firing in fire_due(database, datetime(2026, 6, 2, 2, tzinfo=UTC))}
    assert {name: firing.outcome for name, firing in told.items()} == {"broken": "failed", "n": "filed"}
    assert told["broken"].note
    next_due(database, datetime(2026, 6, 2, 3, tzinfo=UTC))
    ScheduleStore(database).remove("broken")
    assert [entry.name for entry in ScheduleStore(database).entries()] == ["n"]
    add(database, name="broken")


def test_a_scheduler_outlives_a_store_that_was_locked_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memory.store.database.PATIENCE", 0.05)
    holder = sqlite3.connect(tmp_path / "reasoner.db", isolation_level=None)
    told: list[Firing] = []

    def lock(_: float) -> None:
        if not told and not holder.in_transaction:
            filing = open_database(tmp_path)
            add(filing)
            filing.close()
            holder.execute("BEGIN EXCLUSIVE")

    def say(firing: Firing) -> None:
        told.append(firing)
        if len(told) > 1:
            raise KeyboardInterrupt
        holder.rollback()

    open_database(tmp_path).close()
    monkeypatch.setattr(schedules, "time", SimpleNamespace(sleep=lock))
    with pytest.raises(KeyboardInterrupt):
        schedules.keep_watch(home=tmp_path, once=False, work=False, say=say)
    holder.close()
    assert (told[0].schedule, told[0].outcome) == (schedules.EVERY, "failed")
    assert "locked by another process" in told[0].note
    assert told[1].schedule == "n"


def test_the_next_moment_of_all_schedules_is_known_without_any_stored_alarm(database: Database) -> None:
    now = datetime(2026, 6, 2, 1, tzinfo=UTC)
    assert next_due(database, now) is None
    add(database)
    add(database, name="sooner", cron="30 1 * * *")
    assert next_due(database, now) == datetime(2026, 6, 2, 1, 30, tzinfo=UTC)
    with database.reading() as session:
        assert "apscheduler_jobs" not in inspect(session.connection()).get_table_names()
