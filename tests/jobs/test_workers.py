"""Workers take what waits, each job once, and no death, limit or wish to stop loses anything."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from job_work import wait_for
from sqlalchemy import update

from jobs.queue import run_job
from jobs.worker import work
from memory.locks import pid_of
from memory.store.database import Database, open_database
from memory.store.jobs import JobStore
from memory.store.tables import JobTable
from reasoner.errors import TrainingFailed
from reasoner.types.job import Job, JobSpec

HANDLERS = dict.fromkeys(("finetune", "verifier"), "job_work:count")

WORKER = """
import signal, sys
from pathlib import Path
from jobs.interrupt import stop_on
from jobs.worker import work
from memory.store.database import open_database
home, handler = Path(sys.argv[1]), sys.argv[2]
with stop_on(signal.SIGTERM) as stop:
    work(open_database(home), home, handlers={"finetune": handler}, until_empty=len(sys.argv) > 3, stop=stop)
"""


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    here = os.fspath(Path(__file__).parent)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([here, os.environ.get("PYTHONPATH", "")]))
    opened = open_database(tmp_path)
    yield opened
    opened.close()


def filed(database: Database, name: str, *, limits: dict[str, Any] | None = None, **payload: Any) -> Job:
    spec = JobSpec(key=f"r1/{name}", kind="finetune", payload={"to": 5, **payload}, **(limits or {}))
    return JobStore(database).file(spec)


def worker(database: Database, handler: str = "count", *, until_empty: bool = True) -> subprocess.Popen[bytes]:
    more = ["until-empty"] if until_empty else []
    words = [sys.executable, "-c", WORKER, os.fspath(database.home), f"job_work:{handler}", *more]
    return subprocess.Popen(words)


def here(database: Database, handler: str = "count", **options: Any) -> list[Job]:
    """The jobs that a worker in this process ended."""
    told: list[Job] = []
    handlers = {"finetune": f"job_work:{handler}"}
    work(database, database.home, handlers=handlers, until_empty=True, tell=told.append, **options)
    return [job for job in told if job.ended_at]


def counted(database: Database, job: Job) -> list[str]:
    return (database.home / "jobs" / job.id / "counted.txt").read_text().split()


def test_two_workers_do_every_job_once(database: Database) -> None:
    jobs = [filed(database, f"job-{n}") for n in range(6)]
    for one in [worker(database), worker(database)]:
        assert one.wait(60) == 0
    for job in jobs:
        ended = JobStore(database).get(job.id)
        assert (ended.state, ended.attempts, ended.deaths) == ("succeeded", 1, 0)
        assert counted(database, job) == ["0", "1", "2", "3", "4"]


def test_the_highest_priority_is_done_first_then_the_first_filed(database: Database) -> None:
    for name, priority in (("a", 0), ("b", 5), ("c", 5), ("d", -1)):
        filed(database, name, limits={"priority": priority})
    assert [job.spec.key for job in here(database)] == ["r1/b", "r1/c", "r1/a", "r1/d"]


def test_only_the_kinds_that_are_asked_for_are_taken(database: Database) -> None:
    filed(database, "a")
    assert here(database, only=("verifier",)) == []
    assert len(here(database, only=("finetune",))) == 1


def test_killed_workers_and_children_lose_nothing_and_nothing_stays_running(database: Database) -> None:
    jobs, chance = [filed(database, f"job-{n}", to=40, pause=0.02) for n in range(3)], Random(0)
    store = JobStore(database)
    for _ in range(6):
        one = worker(database)
        time.sleep(chance.uniform(0.3, 1.5))
        running = [job.id for job in store.list() if job.state == "running"]
        if running and chance.random() < 0.4:
            os.kill(pid_of(store.process(running[0])), signal.SIGKILL)
        one.kill()
        one.wait()
    # Children go on without their worker.
    deadline = time.monotonic() + 60
    while any(store.get(job.id).state != "succeeded" for job in jobs) and time.monotonic() < deadline:
        here(database)
        time.sleep(0.1)
    for job in jobs:
        assert store.get(job.id).state == "succeeded"
        assert counted(database, job) == [str(n) for n in range(40)], "no number twice: never two at one job"


def test_a_worker_asked_to_stop_puts_its_job_back_saved(database: Database) -> None:
    job = filed(database, "long", wait_at=2)
    one = worker(database, until_empty=False)
    wait_for(database.home / "jobs" / job.id / "counted.txt")
    one.terminate()
    assert one.wait(60) == 0
    assert JobStore(database).get(job.id).state == "queued"
    assert (database.home / "jobs" / job.id / "saved").exists()
    (database.home / "go").touch()
    (done,) = here(database)
    assert (done.state, done.attempts, done.deaths) == ("succeeded", 2, 0)


def test_cancelling_waits_for_the_child_to_save_and_is_final_until_it_is_filed_again(database: Database) -> None:
    store, job = JobStore(database), filed(database, "long", wait_at=2)
    one = worker(database)
    wait_for(database.home / "jobs" / job.id / "counted.txt")
    assert store.cancel(job.id, by="me@here").state == "running"
    assert one.wait(60) == 0
    ended = store.get(job.id)
    assert (ended.state, ended.error) == ("cancelled", "cancelled by me@here")
    assert (database.home / "jobs" / job.id / "saved").exists()
    assert here(database) == []
    (database.home / "go").touch()
    assert filed(database, "long", wait_at=2).state == "queued"
    assert here(database)[0].state == "succeeded"
    assert store.cancel(job.id, by="me@here").state == "succeeded", "what has ended stays as it is"


def test_a_job_that_waits_is_cancelled_at_once_and_whoever_waits_for_a_cancelled_one_is_told(
    database: Database,
) -> None:
    store, job = JobStore(database), filed(database, "waits")
    assert store.cancel(job.id, by="me@here").state == "cancelled"
    assert here(database) == []
    spec = JobSpec(key="r1/long", kind="finetune", payload={"to": 5, "wait_at": 2})

    def cancel() -> None:
        wait_for(database.home / "jobs" / store.file(spec).id / "counted.txt")
        store.cancel(store.file(spec).id, by="me@here")

    canceller = threading.Thread(target=cancel)
    canceller.start()
    with pytest.raises(TrainingFailed, match="was cancelled by me@here"):
        run_job(database, database.home, spec, handler="job_work:count")
    canceller.join()


def test_a_job_at_which_processes_keep_dying_is_left_alone(database: Database) -> None:
    filed(database, "deadly", times=9)
    (ended,) = here(database, "die")
    assert (ended.state, ended.deaths) == ("failed", 5)
    assert "its process died 5 times in a row (SIGKILL)" in ended.error


def test_a_handler_that_cannot_be_loaded_is_not_tried_for_ever(database: Database) -> None:
    filed(database, "nobody")
    (ended,) = here(database, "no_such_function")
    assert ended.state == "failed"
    assert "no_such_function" in ended.error


@pytest.mark.parametrize(
    ("limits", "words"),
    [({"minutes": 0.01}, "0.01 are allowed; its state is saved"), ({"memory_mb": 5}, "MB of memory, 5 are allowed")],
)
def test_a_limit_ends_the_job_saved_and_says_so(database: Database, limits: dict[str, Any], words: str) -> None:
    job = filed(database, "limited", limits=limits, wait_at=2)
    (ended,) = here(database)
    assert ended.state == "failed"
    assert words in ended.error
    assert (database.home / "jobs" / job.id / "saved").exists()
    (database.home / "go").touch()
    filed(database, "limited", wait_at=2)
    assert here(database)[0].state == "succeeded"


def test_a_full_disk_and_missing_memory_are_named_and_lose_nothing(database: Database) -> None:
    filed(database, "full")
    (ended,) = here(database, "fill_the_disk")
    assert (ended.state, "No space left on device; free some space" in ended.error) == ("failed", True)
    filed(database, "full", greedy=True)
    (ended,) = here(database, "fill_the_memory")
    assert (ended.state, "no memory left" in ended.error) == ("failed", True)


def test_a_job_of_another_machine_is_taken_up_once_its_heartbeat_has_been_missed(database: Database) -> None:
    store, job = JobStore(database), filed(database, "elsewhere")
    store.claim(job.id, process="1/0/another-boot")
    with database.session() as session:
        session.execute(update(JobTable).values(host="another"))
    assert here(database) == [], "it may well be alive"
    assert store.get(job.id).state == "running"
    with database.session() as session:
        session.execute(update(JobTable).values(heartbeat_at="2026-01-01T00:00:00.000+00:00"))
    assert "its process on another has not been heard of" in store.get(job.id).error
    (done,) = here(database)
    assert (done.state, done.deaths) == ("succeeded", 1)
