"""After a loop the memory is searched in the champion's space, and nothing in it wants mending."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from loop_runs import Ended

from memory.filters import Filter
from memory.store.checkpoints import CheckpointStore
from memory.store.database import open_database
from memory.store.examples import ExampleStore
from memory.store.latents import LatentStore
from memory.store.spaces import SpaceStore
from reasoner import bootstrap
from reasoner.errors import NotFoundError, UsageError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(undisturbed: tuple[Path, Ended], tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = tmp_path_factory.mktemp("memory") / "home"
    shutil.copytree(undisturbed[0], copied)
    return copied


def test_the_champions_space_serves_and_holds_everything(home: Path) -> None:
    database = open_database(home)
    champion, serving = CheckpointStore(database).home_champion(), SpaceStore(database).serving()
    assert champion is not None
    assert serving is not None
    assert serving.space == champion.fingerprint
    assert [LatentStore(database).missing(serving.space, correct=correct) for correct in (True, False)] == [[], []]
    assert bootstrap.reindex_memory(home).encoded == 0


def test_what_a_loop_remembers_is_verified_and_agrees_with_itself(home: Path) -> None:
    counts = {finding.fault: finding.count for finding in bootstrap.audit_memory(home).findings}
    assert {fault: n for fault, n in counts.items() if n and fault != "alike"} == {}


def test_a_remembered_problem_is_asked_about_by_text_by_id_and_by_vector(home: Path, tmp_path: Path) -> None:
    database = open_database(home)
    store = ExampleStore(database)
    (example,) = store.found(store.ids(Filter(), correct=True)[:1])
    by_text = bootstrap.search_memory(home, example.problem.question, k=1)
    assert by_text[0].example.id == example.id
    by_id = bootstrap.search_near(home, example.id, k=5)
    assert len(by_id) == 5
    assert example.problem.id not in {one.example.problem.id for one in by_id}
    space = bootstrap.memory_stats(home).space
    np.save(tmp_path / "vector.npy", LatentStore(database).of(space, [example.id])[0])
    (by_vector,) = bootstrap.search_by_latent(home, tmp_path / "vector.npy", k=1)
    assert by_vector.score == pytest.approx(1.0, abs=1e-5)
    np.save(tmp_path / "short.npy", np.ones(3))
    with pytest.raises(UsageError, match=r"got shape \(3,\), expected"):
        bootstrap.search_by_latent(home, tmp_path / "short.npy", k=1)
    with pytest.raises(NotFoundError, match="'nothing' is not remembered"):
        bootstrap.search_near(home, "nothing", k=1)
