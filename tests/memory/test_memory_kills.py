"""Fifty processes are killed with SIGKILL while they ingest, re-encode or prune, each at a random moment.

After each: what was acknowledged is there, nothing is there by halves, the indices hold what the store holds, and the
same operation, run again, ends as if nothing had happened.
"""

import multiprocessing
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Collection
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import kill_work
import numpy as np
import pytest
from kill_work import OPERATIONS, SPACE, STUDENT

import reasoner.models.student
from memory.filters import Filter
from memory.index.vectors import VectorIndex
from memory.latent_memory import LatentMemory
from memory.store.checkpoints import CheckpointStore
from memory.store.database import Database, open_database
from memory.store.examples import ExampleStore
from memory.store.latents import LatentStore
from memory.store.spaces import SpaceStore

pytestmark = pytest.mark.slow

WARM = ["__main__", "torch", "faiss", "jobs.reencode", "reasoner.models.checkpoints", "reasoner.models.greedy"]
"""What the server has loaded from which children are forked, so that one costs milliseconds."""

CONTENT = {
    "examples": "id, record, problem, question_key, solution_key, run, cycle, version, dropped",
    "memberships": "run, example, cycle, record",
    "wrong_attempts": "run, id, cycle, record, version, dropped",
    "sightings": "number, key, example, record",
    "memory_versions": "number, kind, cause",
    "memory_changes": "number, version, item, correct, dropped, reason",
    "latents": "number, space, correct, item, vector",
    "memory_text": "id, body",
}
"""Everything but the times."""

State = dict[str, list[tuple[Any, ...]]]


class Reference(NamedTuple):
    """What the operations do undisturbed."""

    home: Path
    """As it was before."""
    states: list[State]
    """Before, and after each operation."""
    seconds: list[float]
    """Of each operation."""


@pytest.fixture(scope="module", params=["ingest", "prune"])
def reference(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Reference:
    home, scratch = tmp_path_factory.mktemp(request.param), tmp_path_factory.mktemp("undisturbed")
    shutil.copy(migrated, home)
    if request.param == "prune":
        kill_work.fill_to_prune(home)
    shutil.copytree(home, scratch, dirs_exist_ok=True)
    database = open_database(scratch)
    memory = LatentMemory(database, scratch, SPACE)
    states, seconds = [content(scratch)], list[float]()
    for operation in OPERATIONS[request.param]:
        began = time.perf_counter()
        operation(database, memory)
        seconds.append(time.perf_counter() - began)
        states.append(content(scratch))
    assert whole(database, {SPACE}) == {"": 2}
    database.close()
    return Reference(home, states, seconds)


@pytest.mark.parametrize("moment", range(16))
def test_ingest_and_prune_survive_a_kill(
    reference: Reference, request: pytest.FixtureRequest, tmp_path: Path, moment: int
) -> None:
    kind: str = request.node.callspec.params["reference"]
    rng = np.random.default_rng([moment, len(kind)])
    home = shutil.copytree(reference.home, tmp_path / "home")
    last = int(rng.integers(-1, len(OPERATIONS[kind]) - 1))
    done = killed(kind, home, last, rng.uniform(0, reference.seconds[last + 1]))

    database = open_database(home)
    found = content(home)
    at = reference.states.index(found) if found in reference.states else None
    possible = reference.states[done + 1 : done + 3]
    assert found in possible, f"{done + 1} operations were acknowledged; the store is as after {at}"
    faults = whole(database, {SPACE})
    if kind == "prune" or done >= kill_work.FIRST_SETTLED:
        assert faults == {"": 2}

    memory = LatentMemory(database, home, SPACE)
    # An ingest is begun again where it began; of commands of which each was given once, the one that was cut off.
    for operation in OPERATIONS[kind][0 if kind == "ingest" else done + 1 :]:
        operation(database, memory)
    assert content(home) == reference.states[-1]
    assert whole(database, {SPACE}) == {"": 2}
    database.close()


@pytest.fixture(scope="module")
def to_encode(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> tuple[Path, dict[str, np.ndarray], float]:
    """A home before, the latents that an undisturbed re-encoding makes, and the seconds of one batch."""
    home, scratch = tmp_path_factory.mktemp("reencode"), tmp_path_factory.mktemp("undisturbed")
    shutil.copy(migrated, home)
    kill_work.fill_to_reencode(home)
    shutil.copytree(home, scratch, dirs_exist_ok=True)
    database = open_database(scratch)
    times = [time.perf_counter()]
    kill_work.reencode(database, lambda _: times.append(time.perf_counter()))
    made = vectors(database, new_space(database))
    database.close()
    return home, made, float(np.median(np.diff(times)))


@pytest.mark.parametrize("moment", range(18))
def test_a_killed_reencoding_goes_on_and_switches_only_at_its_end(
    to_encode: tuple[Path, dict[str, np.ndarray], float],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: int,
) -> None:
    template, made, usual = to_encode
    rng = np.random.default_rng([moment, 99])
    home = shutil.copytree(template, tmp_path / "home")
    batches = -(-kill_work.TO_ENCODE // kill_work.ENCODED_AT_ONCE) + 2 + 1
    # Every third while it loads, settles or switches: before the first batch, or after the last.
    last = int(rng.choice([-1, batches - 1])) if moment % 3 == 0 else int(rng.integers(-1, batches))
    done = killed("reencode", home, last, rng.uniform(0, usual))

    database = open_database(home)
    space, serving, latent_store = new_space(database), SpaceStore(database).serving(), LatentStore(database)
    lacking = [id for correct in (True, False) for id in latent_store.missing(space, correct=correct)]
    assert serving is not None
    assert serving.space in ({SPACE} if lacking else {SPACE, space}), "it serves before it holds everything"
    before = vectors(database, space)
    acknowledged = min((done + 1) * kill_work.ENCODED_AT_ONCE, kill_work.TO_ENCODE)
    assert len(before) >= acknowledged, "a batch that was acknowledged is lost"
    whole(database, {SPACE})

    questions = list[str]()
    embed = reasoner.models.student.embed_questions
    monkeypatch.setattr(
        reasoner.models.student,
        "embed_questions",
        lambda student, asked: (questions.extend(asked), embed(student, asked))[1],
    )
    encoded = kill_work.reencode(database, lambda _: None)
    assert len(questions) == encoded == len(made) - len(before), "what is encoded is never encoded again"
    after = vectors(database, space)
    assert after.keys() == made.keys()
    assert all(np.array_equal(after[id], vector) for id, vector in before.items())
    assert all(np.allclose(after[id], vector, atol=1e-5) for id, vector in made.items())
    serving = SpaceStore(database).serving()
    assert serving is not None
    assert serving.space == space
    assert whole(database, {SPACE, space}) == {"": 4}
    database.close()


def killed(kind: str, home: Path, last: int, seconds: float) -> int:
    """Kills a child so long after it acknowledged its operation `last`; the last that it acknowledged."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(WARM)
    ours: Connection
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=kill_work.begin, args=(kind, home, theirs))
    child.start()
    theirs.close()
    heard = [-1]
    assert ours.recv() == -1
    while heard[-1] < last:
        heard.append(ours.recv())
    time.sleep(seconds)
    child.kill()
    child.join()
    heard += kill_work.told(ours)
    assert child.exitcode in (-9, 0), f"the child ended with {child.exitcode} by itself"
    ours.close()
    child.close()
    return heard[-1]


def whole(database: Database, spaces: Collection[str]) -> dict[str, int]:
    """Finds nothing by halves, and indices that hold what the store holds; why their files could not be used."""
    with sqlite3.connect(database.home / "reasoner.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for broken in (
            "SELECT id FROM examples WHERE id NOT IN (SELECT example FROM memberships)",
            "SELECT example FROM memberships WHERE example NOT IN (SELECT id FROM examples)",
            "SELECT example FROM sightings WHERE example NOT IN (SELECT id FROM examples)",
            "SELECT id FROM examples WHERE id NOT IN (SELECT id FROM memory_text)",
            "SELECT id FROM memory_text GROUP BY id HAVING count(*) > 1 OR id NOT IN (SELECT id FROM examples)",
            "SELECT version FROM examples WHERE version NOT IN (SELECT number FROM memory_versions)",
            "SELECT version FROM wrong_attempts WHERE version NOT IN (SELECT number FROM memory_versions)",
            "SELECT version FROM memory_changes WHERE version NOT IN (SELECT number FROM memory_versions)",
        ):
            assert connection.execute(broken).fetchall() == [], broken
    connection.close()
    reasons = Counter[str]()
    for space in spaces:
        for correct in (True, False):
            reasons[agreeing(database, space, correct=correct)] += 1
    return dict(reasons)


def agreeing(database: Database, space: str, *, correct: bool) -> str:
    """Every vector finds itself and exactly what the store holds; why the files of the index could not be used."""
    latent_store, ids = LatentStore(database), ExampleStore(database).ids(Filter(), correct=correct)
    assert latent_store.missing(space, correct=correct) == []
    index = VectorIndex(latent_store, database.home / "index" / space, space=space, correct=correct)
    assert index.rebuilt in ("", "missing")
    if ids:
        vectors_ND = latent_store.of(space, ids, correct=correct)
        for id, found in zip(ids, index.search(vectors_ND, len(ids) + 1), strict=True):
            assert sorted(found.ids) == ids
            itself = found.scores[found.ids.index(id)]
            assert itself == pytest.approx(1.0, abs=1e-5)
            assert itself >= found.scores[0] - 1e-5
    return index.rebuilt


def content(home: Path) -> State:
    """All that the tables of the memory hold."""
    with sqlite3.connect(home / "reasoner.db") as connection:
        found = {
            table: sorted(connection.execute(f"SELECT {columns} FROM {table}").fetchall())
            for table, columns in CONTENT.items()
        }
    connection.close()
    return found


def new_space(database: Database) -> str:
    return CheckpointStore(database).get(STUDENT).fingerprint


def vectors(database: Database, space: str) -> dict[str, np.ndarray]:
    """Latents of a space by id, of examples and wrong attempts."""
    found: dict[str, np.ndarray] = {}
    for correct in (True, False):
        ids = ExampleStore(database).ids(Filter(), correct=correct)
        raw = LatentStore(database).known(space, ids, correct=correct)
        found |= {f"{correct}/{id}": np.frombuffer(vector, dtype="<f4") for id, vector in raw.items()}
    return found
