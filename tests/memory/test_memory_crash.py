"""Killed at any moment, the memory has lost nothing that it acknowledged, holds nothing by halves, and goes on."""

import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from memory_parts import checkpoint, example, hashed, latents, wrong
from sqlalchemy import func, select, text
from student_maker import small_student

from jobs.reencode import reencode
from memory.filters import Filter
from memory.latent_memory import LatentMemory
from memory.store import full_text
from memory.store.checkpoints import CheckpointStore
from memory.store.database import Database, open_database
from memory.store.examples import ExampleStore
from memory.store.latents import LatentStore
from memory.store.spaces import Serving, SpaceStore
from memory.store.tables import ExampleTable, MembershipTable
from memory.store.versions import VersionStore

pytestmark = pytest.mark.slow

WARM = get_context("forkserver")
BATCHES, SIZE = 45, 20
KILLS = {"ingest": 20, "reencode": 15, "prune": 15}
Work = Callable[[Path, Connection], None]


def batch(number: int) -> list[str]:
    return [f"{number}-{place}" for place in range(SIZE)]


def ingest(home: Path, told: Connection) -> None:
    """Learns batch after batch, with the index brought up to date now and then."""
    memory = LatentMemory(open_database(home), home, "s")
    for number in range(BATCHES):
        memory.remember([example(name) for name in batch(number)], latents(SIZE, seed=number))
        memory.remember_wrong([wrong(name) for name in batch(number)[:2]], latents(2, seed=number))
        told.send(number)
        if number % 5 == 4:
            memory.settle()


def encode(home: Path, told: Connection) -> None:
    """Brings everything into the space of a checkpoint."""
    done = reencode(open_database(home), home, "new", report=lambda _share, note: told.send(note))
    told.send(done.encoded)


def prune(home: Path, told: Connection) -> None:
    """Drops batch after batch, and takes every third back."""
    versions = VersionStore(open_database(home))
    for number in range(BATCHES // 2):
        ids = [hashed(name) for name in batch(number)]
        versions.drop(ids, kind="pruned", cause="test")
        if number % 3 == 2:
            versions.restore(ids, cause="test")
        told.send(number)


def start(work: Work, home: Path) -> tuple[Any, Connection]:
    ours, theirs = WARM.Pipe(duplex=False)
    child = WARM.Process(target=work, args=(home, theirs))
    child.start()
    theirs.close()
    return child, ours


def heard(told: Connection) -> list[Any]:
    """Everything until the other end is closed."""
    words: list[Any] = []
    while True:
        try:
            words.append(told.recv())
        except EOFError:
            return words


def killed(work: Work, home: Path, after: float) -> list[Any]:
    """What a child acknowledged before it was killed, so many seconds after its first word."""
    child, told = start(work, home)
    first = [told.recv()]
    time.sleep(after)
    child.kill()
    child.join()
    return first + heard(told)


def finished(work: Work, home: Path) -> list[Any]:
    """What a child acknowledged that was left alone."""
    child, told = start(work, home)
    words = heard(told)
    child.join()
    assert child.exitcode == 0
    return words


def moments(kind: str, seconds: float) -> Iterator[float]:
    draw = Random(kind)
    for _ in range(KILLS[kind]):
        yield draw.uniform(0, seconds)


def require_sound(database: Database) -> set[str]:
    """Checks that nothing is there by halves and that index and store agree; the ids in the memory."""
    store = ExampleStore(database)
    with database.reading() as session:
        assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        every = set(session.scalars(select(ExampleTable.id)))
        assert set(session.scalars(select(MembershipTable.example))) == every
        assert set(session.scalars(text(f"SELECT id FROM {full_text.TABLE}"))) == every
        assert session.scalar(select(func.count()).where(ExampleTable.version == 0)) == 0
    present = set(store.ids(Filter(), correct=True))
    assert LatentStore(database).missing("s", correct=True) == []
    memory = LatentMemory(database, database.home, "s")
    found = memory.nearest(np.ones(8, dtype=np.float32), k=len(every) + 1).ids if every else []
    assert set(found) == present
    assert len(found) == len(present)
    return present


def warm() -> None:
    WARM.set_forkserver_preload(
        ["faiss", "alembic.command", "reasoner.search.greedy", "reasoner.models.checkpoints", __name__]
    )


def test_what_was_learnt_survives_and_the_rest_follows(tmp_path: Path) -> None:
    warm()
    home, whole = tmp_path / "home", {hashed(name) for number in range(BATCHES) for name in batch(number)}
    done = 0
    for after in moments("ingest", 0.12):
        acknowledged = killed(ingest, home, after)
        done = max(done, *acknowledged)
        there = require_sound(open_database(home))
        assert {hashed(name) for number in range(done + 1) for name in batch(number)} <= there
        assert len(there) % SIZE == 0, "half a batch"
    assert finished(ingest, home) == list(range(BATCHES))
    assert require_sound(open_database(home)) == whole
    assert VersionStore(open_database(home)).newest() == 2 * BATCHES, "nothing was learnt twice"


def test_what_was_pruned_stays_away_and_what_was_not_stays(tmp_path: Path) -> None:
    warm()
    finished(ingest, tmp_path)
    whole = {hashed(name) for number in range(BATCHES) for name in batch(number)}
    for after in moments("prune", 0.08):
        done = max(killed(prune, tmp_path, after))
        there = require_sound(open_database(tmp_path))
        back = {hashed(name) for number in range(2, done + 1, 3) for name in batch(number)}
        gone = {hashed(name) for number in range(done + 1) for name in batch(number)} - back
        assert not gone & there
        assert back <= there
        assert len(there) % SIZE == 0, "half a batch"
    finished(prune, tmp_path)
    gone = {hashed(name) for number in range(BATCHES // 2) if number % 3 != 2 for name in batch(number)}
    assert require_sound(open_database(tmp_path)) == whole - gone


def test_a_killed_re_encoding_switches_only_when_all_is_there_and_encodes_nothing_twice(tmp_path: Path) -> None:
    warm()
    from reasoner.models.checkpoints import save_student

    finished(ingest, tmp_path)
    database = open_database(tmp_path)
    made = save_student(small_student(), tmp_path / "checkpoints" / "new", about={})
    CheckpointStore(database).add(checkpoint("new").model_copy(update={"fingerprint": made}))
    CheckpointStore(database).add(checkpoint("old").model_copy(update={"fingerprint": "s"}))
    spaces, latents_of = SpaceStore(database), LatentStore(database)
    spaces.switch(Serving(space="s", checkpoint="old"))
    for after in moments("reencode", 0.3):
        killed(encode, tmp_path, after)
        serving = spaces.serving()
        lacking = latents_of.missing(made, correct=True) + latents_of.missing(made, correct=False)
        assert serving is not None
        assert serving.space == "s" or not lacking
        require_sound(database)
    left = len(latents_of.missing(made, correct=True)) + len(latents_of.missing(made, correct=False))
    words = finished(encode, tmp_path)
    assert words[-1] == left, "what has its latent is not encoded again"
    assert spaces.serving() == Serving(space=made, checkpoint="new")
    assert len(latents_of.of(made, ExampleStore(database).ids(Filter(), correct=True))) == BATCHES * SIZE
