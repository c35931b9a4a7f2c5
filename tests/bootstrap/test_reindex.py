"""The memory follows the student: encoded once, indexed once, with the threads that a trial has chosen."""

from pathlib import Path

import numpy as np
import pytest
import torch
from student_maker import small_student, some_problems

from jobs import reencode
from memory.index.vectors import VectorIndex
from memory.promotion import enthrone_base
from memory.store.checkpoints import CheckpointStore
from memory.store.examples import ExampleStore
from memory.store.latents import LatentStore
from reasoner.bootstrap.home import Home, existing_home, open_home
from reasoner.bootstrap.memory_backup import backup_memory
from reasoner.bootstrap.memory_files import import_memory
from reasoner.bootstrap.recall import export_memory, follow_champion, reindex_memory
from reasoner.errors import NotFoundError
from reasoner.models.checkpoints import save_student
from reasoner.training import threads
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.example import Example, Lineage

COUNT = 12


@pytest.fixture
def place(tmp_path: Path) -> Home:
    """A home whose memory is in another space than its champion's."""
    made = open_home(tmp_path / "home")
    mark = save_student(small_student(), made.checkpoints / "base", about={})
    champion = Checkpoint(id="base", fingerprint=mark, parent="", kind="base", run="r", cycle=0)
    enthrone_base(made.database(), CheckpointStore(made.database()).add(champion), run="r")
    lineage = Lineage(run="r", cycle=1, failure="f", teacher_call="c", verdict="v")
    examples = [
        Example(id=f"e{n}", problem=problem, source="self", teacher="student", lineage=lineage)
        for n, problem in enumerate(some_problems(COUNT))
    ]
    vectors = np.random.default_rng(0).normal(size=(COUNT, 8)).astype(np.float32)
    ExampleStore(made.database()).add(examples, vectors, space="former")
    return made


@pytest.fixture
def rebuilt(monkeypatch: pytest.MonkeyPatch) -> list[VectorIndex]:
    """Indices that were made anew."""
    seen: list[VectorIndex] = []
    rebuild = VectorIndex.rebuild
    monkeypatch.setattr(VectorIndex, "rebuild", lambda index: (seen.append(index), rebuild(index)))
    return seen


def test_an_index_is_made_anew_only_where_nothing_had_to_be_encoded(place: Home, rebuilt: list[VectorIndex]) -> None:
    done = reindex_memory(place.root)
    assert (done.encoded, rebuilt) == (ExampleStore(place.database()).count(), [])
    assert list((place.root / "index" / done.space).glob("right-*.faiss")), "it is in its files all the same"
    assert reindex_memory(place.root).encoded == 0
    assert len(rebuilt) == 2, "examples and wrong attempts"


def test_the_champion_is_followed_with_the_threads_of_its_home_and_the_process_keeps_its_own(
    place: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[int] = []
    settle, other = reencode.LatentMemory.settle, torch.get_num_threads() + 1
    monkeypatch.setattr(threads, "usable_threads", lambda: other)
    monkeypatch.setattr(
        reencode.LatentMemory, "settle", lambda memory: (used.append(torch.get_num_threads()), settle(memory))
    )
    before = torch.get_num_threads()
    assert follow_champion(place) is None
    assert (used, torch.get_num_threads()) == ([other], before)
    champion = place.checkpoint(None)
    assert LatentStore(place.database()).missing(champion.fingerprint, correct=True) == []


def test_a_home_that_is_not_there_is_an_error_and_is_not_made(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    for ask in (
        lambda: existing_home(nowhere),
        lambda: export_memory(nowhere, form="records"),
        lambda: backup_memory(nowhere, tmp_path / "backup", with_checkpoints=False),
        lambda: import_memory(
            nowhere,
            tmp_path / "rows.jsonl",
            domain=None,
            usual_domain="math",
            teacher=None,
            dry_run=False,
            refused=print,
            progress=print,
        ),
    ):
        with pytest.raises(NotFoundError, match=r"nowhere' holds no runs yet"):
            ask()
    assert not nowhere.exists()
