"""Examples are content learnt by runs; adding is safe to repeat."""

from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from memory_parts import example, hashed, latents, wrong

from memory.filters import Filter
from memory.store.database import Database, open_database
from memory.store.examples import Added, ExampleStore
from memory.store.latents import LatentStore
from memory.store.versions import VersionStore
from reasoner.errors import NotFoundError


def test_adding_the_same_again_changes_nothing_and_answers_the_same(database: Database) -> None:
    store = ExampleStore(database)
    batch = [example("b"), example("a"), example("b")]
    first = store.add(batch, latents(3), space="s")
    assert first == Added(added=[hashed("b"), hashed("a")], duplicates=1)
    assert store.add(batch, latents(3), space="s") == first
    assert store.count() == store.count("r1") == 2


def test_what_an_earlier_cycle_learnt_is_a_duplicate(database: Database) -> None:
    store = ExampleStore(database)
    store.add([example("a", cycle=1)], None, space="s")
    later = [example("a", cycle=2), example("b", cycle=2)]
    for _ in range(2):
        assert store.add(later, None, space="s") == Added(added=[hashed("b")], duplicates=1)
    assert [known.lineage.cycle for known in store.examples(run="r1", up_to_cycle=None)] == [1, 2]


def test_the_same_content_from_another_call_of_the_cycle_is_a_duplicate(database: Database) -> None:
    store = ExampleStore(database)
    store.add([example("a", call="c1")], None, space="s")
    assert store.add([example("a", call="c2")], None, space="s") == Added(added=[], duplicates=1)


def test_content_of_another_run_is_learnt_with_ones_own_lineage(database: Database) -> None:
    store = ExampleStore(database)
    store.add([example("a", run="r1")], latents(1), space="s")
    assert store.add([example("a", run="r2")], latents(1), space="s").added == [hashed("a")]
    assert store.examples(run="r2", up_to_cycle=1) == [example("a", run="r2")]
    assert (store.count(), store.count("r1"), store.count("r2")) == (1, 1, 1)


def test_the_order_depends_on_cycle_and_id_alone(database: Database) -> None:
    store = ExampleStore(database)
    store.add([example(name, cycle=2) for name in "fed"], None, space="s")
    store.add([example(name, cycle=1) for name in "cab"], None, space="s")
    expected = sorted(map(hashed, "abc")) + sorted(map(hashed, "def"))
    assert [known.id for known in store.examples(run="r1", up_to_cycle=None)] == expected
    assert [known.id for known in store.examples(run="r1", up_to_cycle=1)] == expected[:3]
    assert [known.id for known in store.examples(run=None, up_to_cycle=None)] == sorted(expected)


def test_latents_come_back_in_the_order_asked_for(database: Database) -> None:
    store = ExampleStore(database)
    vectors = latents(1200)
    names = [str(number) for number in range(1200)]
    store.add([example(name) for name in names], vectors, space="s")
    asked = [7, 1100, 0]
    assert np.array_equal(LatentStore(database).of("s", [hashed(str(n)) for n in asked]), vectors[asked])


def test_a_missing_latent_is_named(database: Database) -> None:
    store = ExampleStore(database)
    store.add([example("a")], None, space="s")
    with pytest.raises(NotFoundError, match=hashed("a")):
        LatentStore(database).of("s", [hashed("a")])
    store.add([example("a")], latents(1), space="s")
    assert np.array_equal(LatentStore(database).of("s", [hashed("a")]), latents(1))
    with pytest.raises(NotFoundError, match="'t'"):
        LatentStore(database).of("t", [hashed("a")])


def test_wrong_attempts_are_kept_apart(database: Database) -> None:
    store = ExampleStore(database)
    for _ in range(2):
        assert store.add_wrong([wrong("a"), wrong("b")], latents(2), space="s").added == [hashed("a"), hashed("b")]
    assert store.count() == 0
    assert store.examples(run="r1", up_to_cycle=None) == []
    assert store.found_wrong(store.ids(Filter(), correct=False)) == sorted([wrong("a"), wrong("b")], key=lambda a: a.id)
    assert LatentStore(database).of("s", [hashed("b")], correct=False).shape == (1, 8)


def test_what_was_dropped_is_known_and_not_returned(database: Database) -> None:
    store, versions = ExampleStore(database), VersionStore(database)
    store.add([example("a"), example("b")], None, space="s")
    store.add_wrong([wrong("a"), wrong("b")], None, space="s")
    for correct in (True, False):
        versions.drop([hashed("a")], kind="pruned", cause="test", correct=correct)
    assert store.ids(Filter(), correct=False) == [hashed("b")]
    assert store.examples(run="r1", up_to_cycle=None) == [example("b")]
    assert store.ever_learnt([hashed("a"), hashed("b"), hashed("c")]) == {hashed("a"), hashed("b")}


def test_an_unknown_example_is_an_error(database: Database) -> None:
    with pytest.raises(NotFoundError, match="'nothing'"):
        ExampleStore(database).get("nothing")


def add_many(home: Path, url: str, run: str) -> int:
    with closing(open_database(home, url)) as database:
        store = ExampleStore(database)
        for start in range(0, 100, 10):
            batch = [example(str(number), run=run) for number in range(start, start + 10)]
            store.add(batch, latents(10, seed=start), space="s")
        return store.count(run)


def test_two_processes_add_the_same_content_at_once(database: Database) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(add_many, [database.home] * 2, [database.url] * 2, ["r1", "r2"])) == [100, 100]
    store = ExampleStore(database)
    assert store.count() == 100
    assert LatentStore(database).of("s", [known.id for known in store.examples(run="r2", up_to_cycle=1)]).shape == (
        100,
        8,
    )
