"""The memory recalls by likeness; its index is derived and mends itself."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from memory_parts import example, hashed, latents, wrong

from memory.filters import Filter
from memory.index.clusters import neighbourhoods
from memory.index.kinds import EXACT
from memory.index.vectors import VectorIndex
from memory.latent_memory import LatentMemory, MemoryStats
from memory.sameness import unit
from memory.store.database import Database, open_database
from memory.store.examples import ExampleStore
from memory.store.latents import LatentStore

NAMES = [str(number) for number in range(40)]
SKILLS = ["add", "times"]


def filled(database: Database, names: Sequence[str] = NAMES) -> LatentMemory:
    memory = LatentMemory(database, database.home, "s")
    examples = [example(name, skill=SKILLS[int(name) % 2]) for name in names]
    memory.remember(examples, latents(40)[[int(name) for name in names]])
    return memory


def index(database: Database) -> VectorIndex:
    return VectorIndex(LatentStore(database), database.home / "index" / "s", space="s")


def nearest(vector: np.ndarray) -> list[str]:
    cosines = unit(latents(40)) @ (vector / np.linalg.norm(vector))
    return [hashed(NAMES[place]) for place in np.argsort(-cosines)]


def test_the_nearest_come_first_with_their_cosines(database: Database) -> None:
    memory = filled(database)
    vector = latents(1, seed=5)[0]
    found = memory.search(vector, k=5)
    assert [recollection.example.id for recollection in found] == nearest(vector)[:5]
    itself = memory.search(3 * latents(40)[7], k=1)[0]
    assert itself.example == example("7", skill="times")
    assert itself.score == pytest.approx(1.0)


def test_filters_leave_k_of_the_others(database: Database) -> None:
    memory = filled(database)
    vector = latents(40)[0]
    found = memory.search(vector, k=6, only=Filter(skill="times"), leave_out=lambda i: i.problem.id in {"p-1", "p-3"})
    expected = [id for id in nearest(vector) if id in {hashed(n) for n in NAMES if int(n) % 2 and n not in ("1", "3")}]
    assert [recollection.example.id for recollection in found] == expected[:6]
    assert len(memory.search(vector, k=100)) == 40
    assert memory.search(vector, k=3, only=Filter(skill="unknown")) == []


def test_wrong_attempts_are_found_only_when_asked_for(database: Database) -> None:
    memory = filled(database)
    memory.remember_wrong([wrong("0")], latents(1))
    (found,) = memory.search(latents(1)[0], k=3, correct=False)
    assert found.example == wrong("0")
    assert memory.stats() == MemoryStats(
        space="s",
        version=2,
        examples=40,
        wrong_attempts=1,
        by_skill={"add": 20, "times": 20},
        vectors=40,
        wrong_vectors=1,
        dimension=8,
        index=EXACT,
    )


def test_an_empty_memory_recalls_nothing(database: Database) -> None:
    assert LatentMemory(database, database.home, "s").search(latents(1)[0], k=3) == []


def test_what_another_opening_of_the_home_remembers_is_found(database: Database) -> None:
    early = LatentMemory(database, database.home, "s")
    filled(database)
    assert len(early.search(latents(1)[0], k=4)) == 4


def test_a_good_file_is_used_as_it_is(database: Database) -> None:
    filled(database).settle()
    assert index(database).rebuilt == ""


def truncate(folder: Path) -> None:
    (file,) = folder.glob("right-*.faiss")
    file.write_bytes(file.read_bytes()[:-100])


def flip(folder: Path) -> None:
    (file,) = folder.glob("right-*.npz")
    content = bytearray(file.read_bytes())
    content[-9] ^= 0xFF
    file.write_bytes(content)


def remove(folder: Path) -> None:
    (file,) = folder.glob("right-*.faiss")
    file.unlink()


def scribble(folder: Path) -> None:
    (folder / "right.json").write_text("{")


def take_from_another_store(folder: Path) -> None:
    other = filled(open_database(folder.parents[1] / "other"), NAMES[1:])
    other.settle()
    shutil.rmtree(folder)
    shutil.copytree(folder.parents[1] / "other" / "index" / "s", folder)


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (truncate, "damaged"),
        (flip, "damaged"),
        (remove, "missing"),
        (scribble, "damaged"),
        (take_from_another_store, "stale"),
    ],
)
def test_a_harmed_file_is_made_anew_from_the_store(
    database: Database, harm: Callable[[Path], None], reason: str
) -> None:
    memory = filled(database)
    memory.settle()
    vector = latents(1, seed=9)[0]
    before = memory.search(vector, k=10)
    harm(database.home / "index" / "s")
    assert index(database).rebuilt == reason
    assert index(database).rebuilt == ""
    assert LatentMemory(database, database.home, "s").search(vector, k=10) == before


def test_a_file_that_is_behind_the_store_is_brought_up_to_date(database: Database) -> None:
    filled(database)
    ExampleStore(database).add([example("new")], latents(1, seed=77), space="s")
    memory = LatentMemory(database, database.home, "s")
    assert memory.search(latents(1, seed=77)[0], k=1)[0].example.id == hashed("new")


def test_rebuilding_finds_the_same(database: Database) -> None:
    memory = filled(database)
    before = memory.search(latents(1)[0], k=10)
    assert memory.rebuild().vectors == 40
    assert memory.search(latents(1)[0], k=10) == before


def test_neighbourhoods_find_the_groups_and_are_the_same_every_time() -> None:
    centres = np.eye(3, 8, dtype=np.float32)
    truth = np.repeat([0, 1, 2], 20)
    vectors = centres[truth] + 0.05 * latents(60)
    labels = neighbourhoods(vectors, 3, 0)
    assert labels.tolist() == truth.tolist()
    many = latents(200)
    assert np.array_equal(neighbourhoods(many, 7, 1), neighbourhoods(many, 7, 1))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_fewer_points_than_neighbourhoods_stand_alone(count: int) -> None:
    assert neighbourhoods(latents(count), 3, 0).tolist() == list(range(count))


def test_equal_points_share_a_neighbourhood() -> None:
    assert set(neighbourhoods(np.ones((9, 4), dtype=np.float32), 2, 0).tolist()) == {0}
