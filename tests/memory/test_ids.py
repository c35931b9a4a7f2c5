"""Ids as people type them: whole, in part, or `latest`."""

import pytest

from memory.store.checkpoints import CheckpointStore
from memory.store.database import Database
from memory.store.ids import IdStore
from memory.store.jobs import JobStore
from memory.store.runs import RunStore
from reasoner.errors import NotFoundError, UsageError
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.job import JobSpec

FIRST, SECOND = "20261122-0915-math-nano-k3f9", "20261122-0921-math-nano-c87a"


@pytest.fixture
def ids(database: Database) -> IdStore:
    """Two runs, and three checkpoints of which one's id begins another's."""
    for run in (FIRST, SECOND):
        RunStore(database).create(run, run[-4:] * 3, {}, 0)
    for name in (f"{SECOND}-c1", f"{FIRST}-c1", f"{FIRST}-c10"):
        made = Checkpoint(id=name, fingerprint="0f" * 8, parent="", kind="base", run=FIRST, cycle=0)
        CheckpointStore(database).add(made)
    return IdStore(database)


@pytest.mark.parametrize("typed", [SECOND, "20261122-0921", "c87a", "-c87a", "latest"])
def test_a_run_is_found_by_its_id_a_beginning_an_end_or_as_the_latest(ids: IdStore, typed: str) -> None:
    assert ids.full(typed, "run") == SECOND


def test_a_whole_id_is_meant_although_another_begins_with_it(ids: IdStore) -> None:
    assert ids.full(f"{FIRST}-c1", "checkpoint") == f"{FIRST}-c1"
    assert ids.full("c10", "checkpoint") == f"{FIRST}-c10"


def test_what_several_have_is_refused_with_all_of_them(ids: IdStore) -> None:
    with pytest.raises(UsageError, match=f"'2026' could be any of 2: {FIRST}, {SECOND}; type more"):
        ids.full("2026", "run")


def test_an_unknown_id_is_refused_with_the_nearest_and_the_command_that_lists_them(ids: IdStore) -> None:
    with pytest.raises(NotFoundError) as refused:
        ids.full(SECOND.replace("0921", "0912"), "run")
    assert f"did you mean {SECOND!r}?" in str(refused.value)
    assert "`reasoner runs list`" in str(refused.value)


@pytest.mark.parametrize(
    "typed", ["", "%", "_", "0921_math", "K3F9", "20261122-0915-math-nano-k3f9-and-more", "x" * 999]
)
def test_nothing_but_a_beginning_or_an_end_is_part_of_an_id(ids: IdStore, typed: str) -> None:
    with pytest.raises(NotFoundError):
        ids.full(typed, "run")
    assert ids.full(typed, "run", or_as_typed=True) == typed


def test_the_first_kind_is_what_the_latest_means_and_others_are_looked_through(
    ids: IdStore, database: Database
) -> None:
    with pytest.raises(NotFoundError, match="no job in this home yet"):
        ids.full("latest", "job")
    job = JobStore(database).file(JobSpec(key="k", kind="finetune", payload={}))
    assert ids.full("latest", "checkpoint", "job") == f"{FIRST}-c10"
    assert ids.full(job.id[:12], "checkpoint", "job") == job.id
