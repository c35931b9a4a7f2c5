"""Two machines on one Postgres and one shared home: each job once, and what a dead machine had is taken up."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from job_work import wait_for
from postgres_server import running_postgres
from sqlalchemy import update

from memory.locks import MACHINE_VARIABLE, pid_of
from memory.store.database import Database, open_database
from memory.store.jobs import JobStore
from memory.store.tables import JobTable
from reasoner.types.job import Job, JobSpec

pytestmark = pytest.mark.slow

WORKER = """
import sys
from pathlib import Path
from jobs.worker import work
from memory.store.database import open_database

home, url = Path(sys.argv[1]), sys.argv[2]
work(open_database(home, url), home, handlers={"finetune": "job_work:count"}, until_empty=True)
"""


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    here = os.fspath(Path(__file__).parent)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([here, os.environ.get("PYTHONPATH", "")]))
    with running_postgres() as server:
        opened = open_database(tmp_path, server.create())
        yield opened
        opened.close()


def worker(database: Database, machine: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-c", WORKER, os.fspath(database.home), database.url]
    return subprocess.Popen(words, env={**os.environ, MACHINE_VARIABLE: machine})


def filed(database: Database, name: str, **payload: int) -> Job:
    return JobStore(database).file(JobSpec(key=f"r1/{name}", kind="finetune", payload={"to": 5, **payload}))


def counted(database: Database, job: Job) -> list[str]:
    return (database.home / "jobs" / job.id / "counted.txt").read_text().split()


def test_two_machines_share_the_work_and_take_up_what_a_dead_one_had(database: Database) -> None:
    store, jobs = JobStore(database), [filed(database, f"job-{n}") for n in range(4)]
    for one in [worker(database, "left"), worker(database, "right")]:
        assert one.wait(60) == 0
    assert [(store.get(job.id).state, store.get(job.id).attempts) for job in jobs] == [("succeeded", 1)] * 4
    assert {store.get(job.id).host for job in jobs} <= {"left", "right"}

    long = filed(database, "long", wait_at=2)
    doomed = worker(database, "left")
    wait_for(database.home / "jobs" / long.id / "counted.txt")
    doomed.send_signal(signal.SIGKILL)
    doomed.wait()
    os.kill(pid_of(store.process(long.id)), signal.SIGKILL)
    assert worker(database, "right").wait(60) == 0
    assert (store.get(long.id).state, store.get(long.id).host) == ("running", "left"), "it may well be alive"

    with database.session() as session:
        session.execute(update(JobTable).values(heartbeat_at="2026-01-01T00:00:00.000+00:00"))
    (database.home / "go").touch()
    assert worker(database, "right").wait(60) == 0
    done = store.get(long.id)
    assert (done.state, done.host, done.deaths, done.attempts) == ("succeeded", "right", 1, 2)
    assert counted(database, long) == ["0", "1", "2", "3", "4"]
