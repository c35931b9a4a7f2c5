"""`jobs cancel` and `jobs work`, over a real home."""

import json
from pathlib import Path

import pytest
from played import Command

from memory.store.database import open_database
from memory.store.jobs import JobStore
from reasoner.types.job import Job, JobSpec


def filed(home: Path, key: str) -> Job:
    database = open_database(home)
    job = JobStore(database).file(JobSpec(key=key, kind="reencode", payload={"checkpoint": "nobody", "threads": 1}))
    database.close()
    return job


def test_a_waiting_job_is_cancelled_by_whom_and_twice_is_once(command: Command, tmp_path: Path) -> None:
    job = filed(tmp_path / "home", "waits")
    ended = command("jobs", "cancel", job.id, "--json")
    told = json.loads(ended.stdout)
    assert (told["state"], told["event"]) == ("cancelled", "job")
    assert told["error"].startswith("cancelled by ")
    assert "@" in told["error"]
    again = command("jobs", "cancel", job.id)
    assert again.exit_code == 0
    assert "has cancelled already; there is nothing to cancel" not in again.stdout
    assert "is cancelled" in again.stdout
    assert "cancelled" in command("jobs", "list").stdout


def test_work_does_what_waits_and_a_failure_is_said_in_words(command: Command, tmp_path: Path) -> None:
    job = filed(tmp_path / "home", "fails")
    ended = command("jobs", "work", "--until-empty", "--json")
    assert ended.exit_code == 0, ended.stderr
    taken, left = (json.loads(line) for line in ended.stdout.splitlines())
    assert (taken["job"], taken["state"], left["state"]) == (job.id, "queued", "failed")
    assert "checkpoint 'nobody' is not in this home" in left["error"]
    assert "1 jobs were in hand" in ended.stderr
    assert command("jobs", "work", "--once", "--until-empty").stdout.strip() == "0 jobs were in hand"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["cancel", "nobody"], "job 'nobody' is not in this home"),
        (["work", "--only", "dance"], "--only 'dance': expected one of base, finetune, merge, verifier, reencode"),
    ],
)
def test_what_is_not_there_is_named(command: Command, tmp_path: Path, arguments: list[str], words: str) -> None:
    filed(tmp_path / "home", "a")
    ended = command("jobs", *arguments)
    assert ended.exit_code == 2
    assert words in ended.stderr.replace("\n", " ")


def test_a_job_is_added_once_and_done_by_a_worker(command: Command, tmp_path: Path) -> None:
    words = ("jobs", "add", "synthesize", "--config", "tiny", "--count", "40", "--json")
    first, again = (json.loads(command(*words).stdout) for _ in range(2))
    assert first["job"] == again["job"]
    assert command("jobs", "work", "--until-empty", "--only", "synthesize").exit_code == 0
    shown = json.loads(command("jobs", "show", first["job"], "--json").stdout)
    assert (shown["state"], shown["result"]["problems"]) == ("succeeded", 40)
    assert (tmp_path / "home" / shown["result"]["file"]).read_text().count("\n") == 40
    refused = command("jobs", "add", "finetune")
    assert (refused.exit_code, "expected evaluate or synthesize" in refused.stderr) == (2, True)
