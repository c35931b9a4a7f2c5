"""Runs are found by their configuration; verdicts are kept with their reasons."""

import pytest

from memory.store.database import Database
from memory.store.runs import RunStore
from memory.store.verdicts import VerdictStore
from reasoner.errors import NotFoundError, UsageError
from reasoner.types.teaching import Verdict


def test_a_configuration_finds_its_newest_run(database: Database) -> None:
    runs = RunStore(database)
    assert runs.find("h") is None
    runs.create("r1", "h", {"seed": 1}, 1)
    runs.create("r2", "h", {"seed": 1}, 1)
    runs.create("r3", "other", {}, 1)
    found = runs.find("h")
    assert found is not None
    assert (found.id, found.state, found.settings, found.ended_at) == ("r2", "running", {"seed": 1}, "")


def test_a_superseded_run_is_set_aside(database: Database) -> None:
    runs = RunStore(database)
    runs.create("r1", "h", {}, 0)
    runs.supersede("r1")
    assert runs.find("h") is None
    assert [run.id for run in runs.list()] == ["r1"]


def test_a_run_may_be_interrupted_taken_up_and_finished(database: Database) -> None:
    runs = RunStore(database)
    runs.create("r1", "h", {}, 0)
    assert runs.mark("r1", "interrupted", cycles_done=2).ended_at
    assert runs.mark("r1", "running").cycles_done == 2
    finished = runs.finish("r1", 5, {"gain": 0.5})
    assert (finished.state, finished.cycles_done, finished.summary) == ("finished", 5, {"gain": 0.5})
    assert runs.state("r1") == "finished"
    assert runs.find("h") == finished


def test_creating_a_run_again_finds_it_as_it_is(database: Database) -> None:
    runs = RunStore(database)
    runs.create("r1", "h", {}, 0)
    runs.finish("r1", 5, {})
    assert runs.create("r1", "h", {}, 0).state == "finished"
    with pytest.raises(UsageError, match="another configuration"):
        runs.create("r1", "g", {}, 0)


def test_an_unknown_run_is_an_error(database: Database) -> None:
    with pytest.raises(NotFoundError, match="'ghost'"):
        RunStore(database).finish("ghost", 1, {})


def verdict(id: str, *, accepted: bool = True) -> Verdict:
    return Verdict(
        id=id,
        teacher_call="c",
        subject="problem",
        question="q",
        accepted=accepted,
        reason="accepted" if accepted else "no",
    )


def test_verdicts_are_added_once_for_each_run(database: Database) -> None:
    store = VerdictStore(database)
    batch = [verdict("b"), verdict("a", accepted=False), verdict("b")]
    assert store.add(batch, run="r1", cycle=1) == 2
    assert store.add(batch, run="r1", cycle=1) == 0
    assert store.add(batch, run="r2", cycle=1) == 2
    store.add([verdict("c")], run="r1", cycle=2)
    assert [kept.id for kept in store.for_run("r1")] == ["a", "b", "c"]
    assert [kept.id for kept in store.for_run("r1", 2)] == ["c"]
    assert store.get("a").reason == "no"
    with pytest.raises(NotFoundError, match="'z'"):
        store.get("z")
