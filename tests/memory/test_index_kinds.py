"""Large memories are searched by graph or cells: nearly as well, in step with the store, and with filters."""

import numpy as np
import pytest
from memory_parts import example, hashed, latents

from memory.filters import Filter
from memory.index import kinds
from memory.index.kinds import Kind, choose, nearest_exactly, new_index, tune
from memory.index.vectors import VectorIndex
from memory.latent_memory import LatentMemory
from memory.sameness import unit
from memory.store.database import Database
from memory.store.latents import LatentStore
from memory.store.versions import VersionStore

COUNT = 1500


def bent(count: int, *, seed: int = 0) -> np.ndarray:
    """Vectors near a bent sheet of few dimensions, as latents are."""
    draw = np.random.default_rng(7)
    first, second = draw.normal(size=(6, 64)), draw.normal(size=(64, 32))
    points = np.random.default_rng(seed).normal(size=(count, 6))
    return (np.tanh(points @ first) @ second).astype(np.float32)


@pytest.fixture
def url() -> None:
    """SQLite alone: what the store gives an index is tested on both."""


@pytest.fixture
def large(database: Database, monkeypatch: pytest.MonkeyPatch) -> LatentMemory:
    monkeypatch.setattr(kinds, "EXACT_BELOW", 1000)
    memory = LatentMemory(database, database.home, "s")
    skills = ("add", "times")
    memory.remember([example(str(n), skill=skills[n % 2]) for n in range(COUNT)], bent(COUNT))
    memory.settle()
    return memory


@pytest.mark.parametrize("kind", ["hnsw", "ivf"])
def test_each_kind_reaches_its_recall_on_vectors_of_low_dimension(kind: Kind) -> None:
    vectors = unit(bent(COUNT))
    found = tune(kind, new_index(kind, vectors), vectors)
    assert found.recall >= kinds.RECALL
    assert found.kind == kind


def test_few_vectors_are_searched_exactly() -> None:
    assert choose(unit(bent(100))) == kinds.EXACT


def test_a_large_memory_is_no_longer_read_as_a_whole_and_finds_nearly_all(large: LatentMemory) -> None:
    assert large.stats().index.kind in ("hnsw", "ivf")
    queries = unit(bent(50, seed=3))
    truth = nearest_exactly(unit(bent(COUNT)), queries, 10)
    names = np.array([hashed(str(n)) for n in range(COUNT)])
    shared = [len(set(large.nearest(q, k=10).ids) & set(names[t])) for q, t in zip(queries, truth, strict=True)]
    assert np.mean(shared) > 9.5


def test_what_comes_and_goes_after_the_building_is_found_and_not_found(large: LatentMemory, database: Database) -> None:
    new = bent(1, seed=9)
    large.remember([example("new")], new)
    assert large.nearest(new[0], k=1).ids == [hashed("new")]
    VersionStore(database).drop([hashed("new")], kind="pruned", cause="test")
    assert hashed("new") not in large.nearest(new[0], k=10).ids
    again = VectorIndex(LatentStore(database), database.home / "index" / "s", space="s")
    assert again.rebuilt == ""
    assert again.choice.kind == large.stats().index.kind
    assert hashed("new") not in again.search(new, 10)[0].ids


@pytest.mark.parametrize("only", [Filter(skill="times"), Filter(skill="times", cycle=1), Filter(skill="none")])
def test_filters_hold_in_a_large_memory(large: LatentMemory, only: Filter) -> None:
    found = large.search(bent(1, seed=4)[0], k=10, only=only)
    assert len(found) == (0 if only.skill == "none" else 10)
    assert {one.example.problem.skill for one in found} <= {"times"}


def test_of_few_that_are_meant_none_is_missed(large: LatentMemory) -> None:
    ids = [hashed(str(n)) for n in range(0, COUNT, 300)]
    assert {one.example.id for one in large.search(bent(1, seed=5)[0], k=10, among=ids)} == set(ids)


def test_words_find_what_likeness_does_not(large: LatentMemory) -> None:
    vector = bent(1, seed=6)[0]
    assert "777" not in {one.example.problem.question.split()[3] for one in large.search(vector, k=5)}
    found = large.search(vector, k=5, words="is there something about 777?")
    assert found[0].example.id == hashed("777") or hashed("777") in {one.example.id for one in found}
    by_words = next(one for one in found if one.example.id == hashed("777"))
    assert by_words.words == 1
    assert by_words.score == pytest.approx(float(unit(vector[None])[0] @ unit(bent(COUNT))[777]), abs=1e-5)


def test_words_of_a_query_language_mean_themselves(large: LatentMemory) -> None:
    for words in ("OR AND NOT NEAR(", '"', "''; --", "a* :b & | !", latents(1).tobytes().hex()[:9]):
        assert len(large.search(bent(1)[0], k=3, words=words)) == 3
