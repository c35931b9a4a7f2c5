"""`schedule` and `scheduler`, over a real home with nights of the smallest configuration."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from loop_settings import TINY
from played import Command

from jobs.firing import fire_due
from memory.store.database import open_database
from memory.store.jobs import JobStore
from memory.store.runs import RunStore

NIGHT = ["--config", "tiny", "--cron", "0 2 * * *", "--timezone", "UTC", "--cycles", "1"]


def told(command: Command, *arguments: str) -> list[dict[str, Any]]:
    ended = command(*arguments, "--json")
    assert ended.exit_code == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_a_schedule_is_added_listed_and_removed(command: Command) -> None:
    (added,) = told(command, "schedule", "add", "nightly", *NIGHT, "--max-usd", "1", "seed=3")
    assert (added["name"], added["cron"], added["overrides"], added["max_usd"]) == (
        "nightly",
        "0 2 * * *",
        ["seed=3"],
        1,
    )
    (listed,) = told(command, "schedule", "list")
    assert (listed["fired"], listed["missed"]) == (0, 0)
    assert listed["next"].endswith("02:00+00:00")
    assert command("schedule", "add", "nightly", *NIGHT).exit_code == 2, "the name is taken"
    assert command("schedule", "remove", "nightly").exit_code == 0
    assert told(command, "schedule", "list") == []
    assert command("schedule", "remove", "nightly").exit_code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--cron", "0 2 * *"], "expected five fields"),
        (["--cron", "61 2 * * *"], "61"),
        (["--cron", "0 2 30 2 *"], "no such moment comes"),
        (["--timezone", "Mars/Olympus"], "there is no such time zone"),
        (["--until", "late"], "expected an hour such as 06:30"),
        (["--config", "nowhere"], "nowhere"),
        (["train.no_such=1"], "train.no_such"),
        (["teacher.api_key=secret"], "teacher.api_key is not kept with a schedule"),
        (["--grace", "inf"], "--grace"),
        (["--grace", "nan"], "--grace"),
        (["--grace", "-1"], "--grace"),
        (["--window", "nan"], "--window"),
        (["--window", "1e300"], "--window"),
        (["--max-minutes", "inf"], "--max-minutes"),
        (["--cycles", "100000000000000000000"], "--cycles"),
    ],
)
def test_what_is_wrong_is_said_before_the_night(command: Command, words: list[str], said: str) -> None:
    ended = command("schedule", "add", "nightly", *NIGHT, *words)
    assert ended.exit_code == 2
    assert said in ended.stderr.replace("\n", " ")


def test_a_broken_schedule_says_so_beside_the_others_and_is_shown(command: Command, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("seed: 1\n")
    assert command("schedule", "add", "broken", *NIGHT, "--config", str(own)).exit_code == 0
    told(command, "schedule", "add", "whole", *NIGHT)
    own.write_bytes(b"seed: \xff\n")
    broken, whole = told(command, "schedule", "list")
    assert "can no longer be read" in broken["fault"]
    assert whole["fault"] == ""
    assert "broken: its configuration can no longer be read" in command("schedule", "list").stdout.replace("\n", " ")
    shown = command("schedule", "show", "broken")
    assert shown.exit_code == 0
    first = json.loads(command("schedule", "show", "whole", "--json").stdout.splitlines()[0])
    assert (first["event"], first["name"]) == ("schedule", "whole"), "what has never fired is shown to scripts too"
    assert "it cannot run: its configuration can no longer be read" in shown.stdout.replace("\n", " ")


@pytest.mark.slow
def test_a_night_stopped_by_its_window_is_resumed_by_the_next_and_shown_in_the_morning(
    command: Command, tmp_path: Path
) -> None:
    database = open_database(tmp_path / "home")
    # On a busy machine a window of some seconds may be over before there is a run: then the next night has more.
    for window in ("0.15", "0.5", "2", "8"):
        name = f"of-{window}"
        told(command, "schedule", "add", name, *NIGHT, *TINY[2:], "--cycles", "99", "--window", window)
        assert command("schedule", "run", name).exit_code == 0
        (first,) = JobStore(database).list(f"schedule/{name}/")
        if first.result["run"]:
            break
    assert first.state == "succeeded"
    assert first.result["stopped"] == "window"
    assert first.result["cycles"] < 99
    # The same minute is the same firing: the next night is fired under another name, with the same words.
    told(command, "schedule", "add", "again", *NIGHT, *TINY[2:])
    ended = command("schedule", "run", "again")
    assert ended.exit_code == 0, ended.stderr
    (second,) = [job for job in JobStore(database).list("schedule/again/") if job.spec.kind == "loop"]
    assert second.result["stopped"] == "done"
    assert second.result["cycles"] >= 1
    assert second.result["run"] == first.result["run"], "it went on where the first was stopped"
    assert RunStore(database).get(second.result["run"]).state == "finished"
    database.close()
    shown = command("schedule", "show", "again").stdout
    assert second.result["run"] in shown
    assert "filed" in shown


def test_the_morning_page_says_of_a_night_that_it_learnt_nothing(command: Command, tmp_path: Path) -> None:
    told(command, "schedule", "add", "nightly", *NIGHT)
    database = open_database(tmp_path / "home")
    # At three of the next night: later than `grace` hours after two it would be missed, a day later there were two.
    (filed,) = fire_due(database, (datetime.now(UTC) + timedelta(hours=22)).replace(hour=3))
    night = {"run": "r1", "stopped": "done", "cycles": 2, "promotions": 0, "learnt_nothing": [1, 2], "usd": 0.0}
    JobStore(database).succeed(filed.job, result=night, seconds=1)
    database.close()
    shown = command("schedule", "show", "nightly").stdout
    assert "cycles 1, 2 learnt nothing: `reasoner runs show r1` says why" in " ".join(shown.split())
