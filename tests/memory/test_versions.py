"""Every change of the memory is a version; none deletes anything, and each can be undone."""

import pytest
from memory_parts import example, hashed, latents, wrong

from memory.filters import Filter, parse_filter
from memory.latent_memory import LatentMemory
from memory.store.database import Database
from memory.store.examples import ExampleStore
from memory.store.versions import VersionStore
from reasoner.errors import NotFoundError, UsageError


def learnt(database: Database) -> LatentMemory:
    memory = LatentMemory(database, database.home, "s")
    memory.remember([example("0"), example("1")], latents(2))
    memory.remember([example("2", cycle=2)], latents(3)[2:])
    return memory


def found(memory: LatentMemory) -> set[str]:
    return {one.example.id for one in memory.search(latents(1)[0], k=9)}


def test_what_is_learnt_makes_a_version_and_the_same_again_makes_none(database: Database) -> None:
    memory = learnt(database)
    memory.remember([example("2", cycle=2)], latents(3)[2:])
    log = VersionStore(database).log()
    assert [(v.number, v.kind, v.learnt, v.cause) for v in log] == [
        (1, "learnt", 2, "run r1, cycle 1"),
        (2, "learnt", 1, "run r1, cycle 2"),
    ]
    assert memory.version == 2


def test_what_is_dropped_is_not_found_trained_on_or_counted_until_it_is_restored(database: Database) -> None:
    memory, versions, store = learnt(database), VersionStore(database), ExampleStore(database)
    assert versions.drop([hashed("1"), "unknown"], kind="pruned", cause="test") == 1
    assert found(memory) == {hashed("0"), hashed("2")}
    assert [e.id for e in store.examples(run="r1", up_to_cycle=1)] == [hashed("0")]
    assert store.count() == store.count("r1") == 2
    assert memory.stats().vectors == 2
    assert versions.drop([hashed("1")], kind="pruned", cause="test") == 0
    assert versions.restore([hashed("1")], cause="test") == 1
    assert found(memory) == {hashed("0"), hashed("1"), hashed("2")}
    assert [v.kind for v in versions.log(item=hashed("1"))] == ["learnt", "pruned", "restored"]


def test_an_index_that_is_opened_later_agrees_with_what_was_dropped_and_restored(database: Database) -> None:
    learnt(database).settle()
    versions = VersionStore(database)
    versions.drop([hashed("0")], kind="pruned", cause="test")
    assert found(LatentMemory(database, database.home, "s")) == {hashed("1"), hashed("2")}
    later = LatentMemory(database, database.home, "s")
    later.rebuild()
    versions.restore([hashed("0")], cause="test")
    assert found(later) == found(LatentMemory(database, database.home, "s")) == {hashed(n) for n in "012"}


def test_two_versions_differ_by_what_came_and_went(database: Database) -> None:
    learnt(database)
    versions = VersionStore(database)
    versions.drop([hashed("0")], kind="pruned", cause="test")
    ExampleStore(database).add_wrong([wrong("9")], None, space="s")
    between = versions.difference(1, 4)
    assert between.added == [hashed("2")]
    assert between.dropped == [hashed("0")]
    assert between.added_wrong == [hashed("9")]
    assert versions.difference(4, 1).added == [hashed("0")]
    with pytest.raises(NotFoundError, match="version 5"):
        versions.difference(1, 5)


def test_a_former_version_comes_back_as_a_new_one_and_can_be_reverted_itself(database: Database) -> None:
    memory, versions = learnt(database), VersionStore(database)
    versions.drop([hashed("0")], kind="pruned", cause="test")
    changed = versions.revert(1, cause="test")
    assert (changed.added, changed.dropped) == ([hashed("0")], [hashed("2")])
    assert found(memory) == {hashed("0"), hashed("1")}
    versions.revert(3, cause="test")
    assert found(memory) == {hashed("1"), hashed("2")}
    assert versions.revert(3, cause="test").added == []
    assert versions.newest() == 5, "nothing to change makes no version"


def test_a_frozen_memory_does_not_see_what_is_learnt_beside_it(database: Database) -> None:
    memory = learnt(database)
    frozen = LatentMemory(database, database.home, "s")
    assert frozen.freeze() == 2
    memory.remember([example("3")], latents(4)[3:])
    VersionStore(database).drop([hashed("0")], kind="pruned", cause="test")
    assert found(frozen) == {hashed("0"), hashed("1"), hashed("2")}
    assert frozen.version == 2


def test_a_frozen_memory_sees_the_failures_of_its_start_and_no_later_ones(database: Database) -> None:
    memory, frozen = learnt(database), LatentMemory(database, database.home, "s")
    assert frozen.nearest(latents(1)[0], k=9, correct=False).ids == []
    memory.remember_wrong([wrong("0")], latents(1))
    frozen.freeze()
    memory.remember_wrong([wrong("1")], latents(2)[1:])
    assert frozen.nearest(latents(1)[0], k=9, correct=False).ids == [hashed("0")]


def test_a_dropped_failure_stays_dropped_when_another_run_has_it_too(database: Database) -> None:
    memory, versions = learnt(database), VersionStore(database)
    memory.remember_wrong([wrong("0"), wrong("1")], latents(2))
    versions.drop([hashed("0")], kind="pruned", cause="test", correct=False)
    before = versions.newest()
    memory.remember_wrong([wrong("0", run="r2"), wrong("2", run="r2")], latents(3)[[0, 2]])
    store = ExampleStore(database)
    assert store.ids(Filter(run="r2"), correct=False) == [hashed("2")]
    assert versions.difference(before, versions.newest()).added_wrong == [hashed("2")]
    there = {hashed("1"), hashed("2")}
    assert set(store.ids(Filter(), correct=False)) == there
    for opened in (memory, LatentMemory(database, database.home, "s")):
        assert set(opened.nearest(latents(1)[0], k=9, correct=False).ids) == there
    versions.restore([hashed("0")], cause="test", correct=False)
    assert store.ids(Filter(run="r2"), correct=False) == sorted([hashed("0"), hashed("2")])
    assert hashed("0") in memory.nearest(latents(1)[0], k=9, correct=False).ids


def test_time_and_source_filter_what_is_meant(database: Database) -> None:
    learnt(database)
    store = ExampleStore(database)
    assert len(store.ids(parse_filter(["since=2020-01-01", "source=self"]), correct=True)) == 3
    assert store.ids(parse_filter(["until=2020-01-01"]), correct=True) == []
    assert store.ids(Filter(cycle=2), correct=True) == [hashed("2")]
    with pytest.raises(UsageError, match="since='yesterday'"):
        parse_filter(["since=yesterday"])
