"""Many processes at one home: nobody is locked out, nothing is lost, and index files may be replaced under readers."""

import importlib
import json
import multiprocessing
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import crowd_work
import pytest
from crowd_work import SPACE, WIDTH
from memory_parts import example, latents

from memory.filters import Filter
from memory.index.vectors import VectorIndex
from memory.latent_memory import LatentMemory
from memory.store.database import Database, open_database
from memory.store.examples import ExampleStore
from memory.store.latents import LatentStore

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "memory_crowd.py"


@pytest.mark.slow
def test_eight_read_and_two_write_and_nothing_fails_or_is_lost() -> None:
    asked = [sys.executable, SCRIPT, "--seconds", "4", "--json"]
    ended = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
    found = json.loads(ended.stdout)
    assert found["errors"] == found["lost"] == []
    assert found["reader"]["processes"] == 8
    assert found["writer"]["processes"] == 2
    assert found["reader"]["fewest"] > 0, "a reader had no turn"
    assert found["writer"]["fewest"] > 0, "a writer had no turn"


@pytest.mark.slow
def test_whoever_opens_while_two_settle_finds_what_the_store_holds(tmp_path: Path, migrated: Path) -> None:
    shutil.copy(migrated, tmp_path)
    database = open_database(tmp_path)
    memory = LatentMemory(database, tmp_path, SPACE)
    memory.remember([example(f"first-{n}") for n in range(400)], latents(400, width=WIDTH))
    memory.settle()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "faiss", "memory.latent_memory"])
    pipes, children = [], []
    for name in ("one", "other"):
        ours, theirs = context.Pipe()
        child = context.Process(target=crowd_work.settle_often, args=(tmp_path, name, 3.0, theirs))
        child.start()
        theirs.close()
        assert ours.recv() == "ready"
        pipes.append(ours)
        children.append(child)
    for pipe in pipes:
        pipe.send("go")
    reasons = Counter[str]()
    while not all(pipe.poll() for pipe in pipes):
        reasons[opened(database)] += 1
    told = [pipe.recv() for pipe in pipes]
    for child in children:
        child.join()
        child.close()
    for pipe in pipes:
        pipe.close()
    assert all(settled and not failed for settled, failed in told), told
    assert not set(reasons) - {"", "missing"}, reasons
    assert opened(database) == ""
    assert ExampleStore(database).count() == 400 + sum(settled for settled, _ in told)
    database.close()


@pytest.mark.parametrize("reading", ["numpy.load", "faiss.read_index"])
def test_files_that_another_process_replaces_while_they_are_read_are_looked_for_again(
    tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch, reading: str
) -> None:
    shutil.copy(migrated, tmp_path)
    database = open_database(tmp_path)
    memory = LatentMemory(database, tmp_path, SPACE)
    memory.remember([example("first")], latents(1, width=WIDTH))
    memory.settle()
    module, name = reading.split(".")
    read: Callable[..., Any] = getattr(importlib.import_module(module), name)
    replaced = 0

    def after_they_are_replaced(*given: Any, **named: Any) -> Any:
        nonlocal replaced
        if not replaced:
            replaced += 1
            memory.remember([example("second")], latents(1, seed=1, width=WIDTH))
            memory.settle()
        return read(*given, **named)

    monkeypatch.setattr(reading, after_they_are_replaced)
    assert opened(database) == ""
    assert replaced
    database.close()


def opened(database: Database) -> str:
    """Opens the index anew, finds what the store holds; why its files could not be used."""
    store = ExampleStore(database)
    before = set(store.ids(Filter(), correct=True))
    index = VectorIndex(LatentStore(database), database.home / "index" / SPACE, space=SPACE)
    (found,) = index.search(latents(1, seed=3, width=WIDTH), len(index))
    after = set(store.ids(Filter(), correct=True))
    assert len(found.ids) == len(set(found.ids))
    assert before <= set(found.ids) <= after
    return index.rebuilt
