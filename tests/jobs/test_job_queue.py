"""A job ends with one result, whoever is killed on the way."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from job_work import wait_for, wait_until

from jobs.interrupt import Interrupted
from jobs.queue import run_job
from memory.locks import is_alive, pid_of
from memory.store.database import Database, open_database
from memory.store.jobs import JobStore
from reasoner.errors import CandidateFailed, CollapseError, TrainingFailed
from reasoner.types.job import Job, JobSpec

ALL = ["0", "1", "2", "3", "4"]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("PYTHONPATH", os.fspath(Path(__file__).parent))
    opened = open_database(tmp_path)
    yield opened
    opened.close()


def spec(**payload: Any) -> JobSpec:
    return JobSpec(key="r1/cycle-1/train", kind="finetune", payload={"to": 5, **payload})


def folder_of(database: Database, job: JobSpec) -> Path:
    return database.home / "jobs" / JobStore(database).file(job).id


def run(database: Database, job: JobSpec, handler: str = "count", **options: Any) -> Job:
    return run_job(database, database.home, job, handler=f"job_work:{handler}", **options)


def test_a_job_runs_in_a_child_and_is_done_once(database: Database, capfd: pytest.CaptureFixture[str]) -> None:
    told: list[tuple[float, str]] = []
    job = run(database, spec(threads=3), on_progress=lambda share, note: told.append((share, note)))
    assert (job.state, job.attempts, job.progress) == ("succeeded", 1, 1.0)
    assert job.result == {"counted": ALL, "threads": "3"}
    assert told[-1][0] == 1.0
    assert run(database, spec()) == job
    assert capfd.readouterr().out == ""
    log = (folder_of(database, spec()) / "log.txt").read_text()
    assert "attempt 1 of r1/cycle-1/train" in log
    assert "counted all of it" in log


def test_a_killed_child_is_replaced_and_goes_on(database: Database) -> None:
    job = spec(wait_at=2)
    folder = folder_of(database, job)

    def kill() -> None:
        wait_for(folder / "counted.txt")
        os.kill(pid_of(JobStore(database).process(folder.name)), signal.SIGKILL)
        (database.home / "go").touch()

    killer = threading.Thread(target=kill)
    killer.start()
    done = run(database, job)
    killer.join()
    assert (done.state, done.attempts, done.result["counted"]) == ("succeeded", 2, ALL)


PARENT = """
import sys
from pathlib import Path
from jobs.queue import run_job
from memory.store.database import open_database
from reasoner.types.job import JobSpec
home = Path(sys.argv[1])
spec = JobSpec(key="r1/cycle-1/train", kind="finetune", payload={"to": 5, "wait_at": 2})
run_job(open_database(home), home, spec, handler="job_work:count")
"""


def killed_parent(database: Database) -> str:
    """Starts a parent with its child, kills the parent midway; returns the child's mark."""
    folder = folder_of(database, spec(wait_at=2))
    parent = subprocess.Popen([sys.executable, "-c", PARENT, os.fspath(database.home)])
    wait_for(folder / "counted.txt")
    parent.kill()
    parent.wait()
    return JobStore(database).process(folder.name)


def test_after_its_parent_is_killed_the_child_goes_on_and_is_found_again(database: Database) -> None:
    child = killed_parent(database)
    assert is_alive(child)
    assert JobStore(database).list("r1/")[0].state == "running"
    (database.home / "go").touch()
    done = run(database, spec(wait_at=2))
    assert (done.attempts, done.result["counted"]) == (1, ALL)


def test_after_parent_and_child_are_killed_the_job_is_taken_up_again(database: Database) -> None:
    child = killed_parent(database)
    os.kill(pid_of(child), signal.SIGKILL)
    wait_until(lambda: not is_alive(child))
    (shown,) = JobStore(database).list("r1/")
    assert (shown.state, "died without a word" in shown.error) == ("failed", True)
    (database.home / "go").touch()
    done = run(database, spec(wait_at=2))
    assert (done.attempts, done.result["counted"]) == (2, ALL)


def test_two_callers_at_once_share_one_child(database: Database) -> None:
    (database.home / "go").touch()
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: run(database, spec(wait_at=2)), range(2))
    assert first == second
    assert (first.attempts, first.result["counted"]) == (1, ALL)


def test_asked_to_stop_the_child_saves_and_the_same_call_goes_on(database: Database) -> None:
    job = spec(wait_at=2)
    folder = folder_of(database, job)
    with pytest.raises(Interrupted):
        run(database, job, stop=(folder / "counted.txt").exists)
    assert (folder / "saved").exists()
    assert JobStore(database).get(folder.name).state == "queued"
    (database.home / "go").touch()
    done = run(database, job)
    assert (done.attempts, done.result["counted"]) == (2, ALL)


def test_a_ctrl_c_reaches_the_child_only_through_its_parent(database: Database) -> None:
    folder = folder_of(database, spec(wait_at=2))
    command = [sys.executable, "-c", PARENT, os.fspath(database.home)]
    parent = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    wait_for(folder / "counted.txt")
    os.killpg(parent.pid, signal.SIGINT)
    assert parent.wait() != 0
    assert (folder / "saved").exists()
    assert JobStore(database).get(folder.name).state == "queued"


def test_a_child_that_keeps_dying_is_given_up_with_its_log(database: Database) -> None:
    with pytest.raises(TrainingFailed, match=r"(?s)died 3 times in a row \(SIGKILL\).*attempt 3 of.*log\.txt"):
        run(database, spec(times=99), "die")
    (job,) = JobStore(database).list()
    assert (job.state, job.attempts) == ("failed", 3)


def test_a_child_that_dies_twice_is_forgiven(database: Database) -> None:
    assert run(database, spec(times=2), "die").attempts == 3


def test_a_collapse_in_the_child_is_a_collapse_to_the_caller(database: Database) -> None:
    with pytest.raises(CollapseError, match=r"std 0\.010"):
        run(database, spec(), "collapse")


def test_a_candidate_that_may_not_be_used_is_one_to_the_caller(database: Database) -> None:
    with pytest.raises(CandidateFailed, match=r"0\.123 nats"):
        run(database, spec(), "too_far")


def test_an_error_is_final_for_the_call_and_not_for_the_job(database: Database) -> None:
    with pytest.raises(TrainingFailed, match=r"(?s)ValueError\('no luck at first'\).*Traceback.*log\.txt"):
        run(database, spec(), "fail_first")
    assert JobStore(database).list()[0].attempts == 1
    assert run(database, spec(), "fail_first").result == {"tried": True}
