"""Coverage says how near examples are to questions, by a radius that the questions set themselves."""

from math import inf

import numpy as np
from memory_parts import example, hashed, latents

from memory.coverage import BLOCK, Coverage, coverage
from memory.sameness import question_key, unit
from memory.store.database import Database
from memory.store.examples import ExampleStore
from memory.store.questions import learnt_questions
from memory.store.versions import VersionStore

QUESTIONS = unit(latents(101, width=16))
ASKED = [f"q{i}" for i in range(101)]


def against(examples_MD: np.ndarray, keys: list[str] | None = None) -> Coverage:
    return coverage(QUESTIONS, ASKED, examples_MD, keys or [f"e{i}" for i in range(len(examples_MD))])


def test_of_nothing_nothing_is_covered() -> None:
    found = against(np.zeros((0, 0), dtype=np.float32))
    assert (found.questions, found.covered, found.distance) == (101, 0.0, None)
    assert found.radius > 0


def test_examples_at_the_same_places_cover_everything() -> None:
    found = against(QUESTIONS)
    assert (found.covered, found.distance) == (1.0, 0.0)


def test_an_example_of_the_very_question_does_not_count() -> None:
    """And half of the questions cover each other: that is what the radius means."""
    found = against(QUESTIONS, ASKED)
    # Two that are each other's nearest are equally near.
    assert 0.5 <= found.covered < 0.55
    assert found.distance is not None
    assert found.distance > 0


def test_more_examples_never_cover_less_and_are_never_farther() -> None:
    crowd = unit(latents(600, seed=1, width=16))
    before = against(crowd[:1])
    for count in (10, 60, 200, 600):
        now = against(crowd[:count])
        assert now.radius == before.radius
        assert now.covered >= before.covered
        assert (now.distance or 0) <= (before.distance or inf)
        before = now
    assert 0 < before.covered < 1


def test_an_example_beyond_the_first_block_is_found() -> None:
    crowd = np.repeat(QUESTIONS[:1], BLOCK + 1, axis=0)
    crowd[-1] = QUESTIONS[7]
    assert against(crowd).covered > against(crowd[:-1]).covered


def test_the_questions_of_a_run_are_those_that_it_has_learnt_up_to_the_cycle(database: Database) -> None:
    store, vectors = ExampleStore(database), latents(4)
    learnt = [example("a", cycle=1), example("b", cycle=2), example("c", cycle=3), example("d", run="r2")]
    store.add(learnt, vectors, space="s")
    store.add([example("e", cycle=1)], None, space="s")
    found = learnt_questions(database, run="r1", up_to_cycle=2, space="s")
    first = sorted((hashed(name), question_key(f"How much is {name}?"), place) for place, name in enumerate("ab"))
    assert found.keys == [key for _, key, _ in first]
    np.testing.assert_array_equal(found.vectors_MD, vectors[[place for _, _, place in first]])
    assert learnt_questions(database, run="r1", up_to_cycle=2, space="t").keys == []

    VersionStore(database).drop([hashed("a")], kind="pruned", cause="test")
    assert learnt_questions(database, run="r1", up_to_cycle=2, space="s").keys == [question_key("How much is b?")]
