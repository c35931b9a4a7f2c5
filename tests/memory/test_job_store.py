"""Jobs are filed once by key."""

from pathlib import Path

import pytest

from memory.locks import claimed, is_alive, is_held, process_mark
from memory.store.database import Database
from memory.store.jobs import JobStore
from reasoner.errors import NotFoundError
from reasoner.types.job import JobSpec


def spec(key: str = "r1/train", **payload: int) -> JobSpec:
    return JobSpec(key=key, kind="finetune", payload=dict(payload))


def test_filing_twice_is_filing_once(database: Database) -> None:
    store = JobStore(database)
    assert store.file(spec(updates=1)) == store.file(spec(updates=2))
    assert store.by_key("r1/train") == store.get(store.file(spec()).id)
    assert store.by_key("other") is None


def test_a_failed_job_filed_again_is_queued_with_its_new_payload(database: Database) -> None:
    store = JobStore(database)
    job = store.file(spec(updates=1))
    store.claim(job.id, process=process_mark())
    store.fail(job.id, error="bad", seconds=2.0)
    again = store.file(spec(updates=2))
    assert (again.id, again.state, again.attempts, again.seconds) == (job.id, "queued", 1, 2.0)
    assert again.spec.payload == {"updates": 2}


def test_a_job_counts_its_attempts_and_seconds(database: Database) -> None:
    store = JobStore(database)
    id = store.file(spec()).id
    store.claim(id, process=process_mark())
    store.progress(id, share=0.5, note="half", seconds=1.5)
    assert (store.get(id).progress, store.note(id)) == (0.5, "half")
    store.interrupt(id, seconds=0.5)
    store.claim(id, process=process_mark())
    done = store.succeed(id, result={"x": 1}, seconds=1.0)
    assert (done.state, done.attempts, done.seconds, done.result) == ("succeeded", 2, 3.0, {"x": 1})
    assert store.file(spec()) == done


def test_jobs_are_listed_by_the_beginning_of_their_key(database: Database) -> None:
    store = JobStore(database)
    for key in ("r_1/a", "rx1/b", "r_1/c"):
        store.file(spec(key))
    assert [job.spec.key for job in store.list("r_1/")] == ["r_1/a", "r_1/c"]
    assert len(store.list()) == 3


def test_a_running_job_whose_process_is_dead_is_shown_as_failed(database: Database) -> None:
    store = JobStore(database)
    id = store.file(spec()).id
    store.claim(id, process="1/0/another-boot")
    assert store.get(id).state == "failed"
    assert store.requeue_if_dead(id).state == "queued"
    store.claim(id, process=process_mark())
    assert store.requeue_if_dead(id).state == "running"


def test_an_unknown_job_is_an_error(database: Database) -> None:
    with pytest.raises(NotFoundError, match="'ghost'"):
        JobStore(database).get("ghost")


def test_a_mark_is_of_one_process_of_one_boot() -> None:
    mine = process_mark()
    assert is_alive(mine)
    assert not is_alive(mine[:-1])
    assert not is_alive("")
    assert process_mark(2**22 + 1) == ""


def test_a_lock_is_held_while_its_holder_lives(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "lock"
    assert not is_held(path)
    with claimed(path, patience=0) as mine, claimed(path, patience=0.05) as other:
        assert (mine, other) == (True, False)
        assert is_held(path)
    assert not is_held(path)
