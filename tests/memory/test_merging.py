"""What says the same is kept once and counted; solutions of one question stay few and different."""

import numpy as np
import pytest
from memory_parts import example, hashed, latents

from memory.latent_memory import LatentMemory
from memory.sameness import fold, question_key, resemblance
from memory.store.crowding import most_different
from memory.store.database import Database
from memory.store.examples import ExampleStore
from memory.store.versions import VersionStore
from reasoner.types.example import Example

LONG = "Ann buys 4 boxes with 12 red apples each and gives 7 of all her apples to Ben. How many apples are left?"


def asked(question: str, *, name: str | None = None, steps: tuple[str, ...] = ("1+1=2",), answer: str = "2") -> Example:
    made = example(name or question)
    problem = made.problem.model_copy(update={"question": question, "steps": steps, "answer": answer})
    return made.model_copy(update={"problem": problem})


def memory(database: Database) -> LatentMemory:
    return LatentMemory(database, database.home, "s")


def test_writing_does_not_make_a_question_another_one() -> None:
    assert fold("  What is \uff12+3\uff0c\nMr. Café?") == "what is 2 + 3 mr cafe"
    assert question_key("How many?  ") == question_key("HOW MANY")
    assert question_key("3 apples") != question_key("4 apples")
    assert question_key("1.5") != question_key("15")
    assert resemblance("a b c d", "a b c d") == 1.0
    assert resemblance("", "x") == 0.0


def test_other_writing_of_the_same_is_counted_and_not_kept(database: Database) -> None:
    it, vectors = memory(database), latents(2)
    first, other = asked(LONG), asked(LONG.upper() + " ", name="other")
    assert it.remember([first], vectors[:1]).added == [first.id]
    again = other.model_copy(update={"lineage": other.lineage.model_copy(update={"run": "r2"})})
    for _ in range(2):
        assert it.remember([again], vectors[1:]).added == [first.id], "the run learns what stands for it"
    (found,) = it.search(vectors[0], k=5)
    assert found.example == first
    assert found.sightings == 1
    (learnt,) = ExampleStore(database).examples(run="r2", up_to_cycle=None)
    assert learnt.id == first.id
    assert learnt.lineage == again.lineage


def test_what_was_counted_under_something_dropped_since_changes_nothing_when_it_comes_again(
    database: Database,
) -> None:
    it, vectors, store = memory(database), latents(2), ExampleStore(database)
    first, other = asked(LONG), asked(LONG.upper(), name="other")
    again = other.model_copy(update={"lineage": other.lineage.model_copy(update={"run": "r2"})})
    it.remember([first], vectors[:1])
    added = it.remember([again], vectors[1:])
    VersionStore(database).drop([first.id], kind="pruned", cause="test")
    version = VersionStore(database).newest()
    assert it.remember([again], vectors[1:]) == added
    assert store.count() == 0
    assert VersionStore(database).newest() == version
    elsewhere = other.model_copy(update={"lineage": other.lineage.model_copy(update={"run": "r3"})})
    assert it.remember([elsewhere], vectors[1:]).added == [other.id], "what is met anew is learnt"


def test_nearly_the_same_question_with_the_same_solution_and_latent_is_merged(database: Database) -> None:
    it, vector = memory(database), latents(1)
    near = asked(LONG.replace("red", "green"), name="near")
    far = asked("Two apples and an apple less one: what is that?", name="far")
    it.remember([asked(LONG)], vector)
    added = it.remember([near, far], np.repeat(vector, 2, axis=0))
    assert added.added == [far.id], "words as well as latents must be alike"
    assert added.duplicates == 1
    assert it.remember([asked(LONG.replace("red", "blue"), name="b")], -vector).duplicates == 0, "and latents"
    other = asked(LONG, name="c", steps=("2+1=3",), answer="3")
    assert it.remember([other], vector).added == [other.id], "and the solution"


def test_newcomers_stand_for_one_another(database: Database) -> None:
    it, vector = memory(database), latents(1)
    copies = [asked(LONG, name=str(n)) for n in range(5)]
    added = it.remember(copies, np.repeat(vector, 5, axis=0))
    assert added.added == [copies[0].id]
    assert it.search(vector[0], k=1)[0].sightings == 4
    assert it.stats().examples == 1


def test_the_same_content_from_elsewhere_is_a_sighting(database: Database) -> None:
    it = memory(database)
    it.remember([example("0")], latents(1))
    it.remember([example("0", run="r2"), example("0", run="r2")], latents(2))
    assert ExampleStore(database).sightings([hashed("0")]) == {hashed("0"): 1}


def test_of_one_question_the_most_different_solutions_stay(database: Database) -> None:
    it = memory(database)
    solutions = [("1+1=2",), ("1+1=2", "2+0=2"), ("3-1=2",), ("8/4=2",), ("1*2=2",)]
    it.remember([asked(LONG, name=str(n), steps=s) for n, s in enumerate(solutions)], np.repeat(latents(1), 5, axis=0))
    kept = {one.example.problem.steps for one in it.search(latents(1)[0], k=9)}
    assert kept == {solutions[0], *solutions[2:]}


@pytest.mark.parametrize("count", [0, 1, 9])
def test_few_texts_are_all_different(count: int) -> None:
    assert most_different(["a"] * count, 4) == set(range(min(count, 4)))
