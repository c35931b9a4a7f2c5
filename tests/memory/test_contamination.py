"""What two sets share is found: copies always, in whatever writing; twins and rewordings as far as a look can."""

from random import Random

import pytest
from memory_parts import latents
from problem_settings import of_problems

from memory.contamination import Looked, longest_run, look_at_latents, look_at_words
from reasoner.data.generated_source import GeneratedSource
from reasoner.domains.math.domain import MathDomain
from reasoner.types.problem import Problem

PLANTED = 50


@pytest.fixture(scope="module")
def source() -> GeneratedSource:
    return GeneratedSource(of_problems(sealed_size=200, practice_size=500))


def matched(first: list[Problem], second: list[Problem], look: Looked) -> set[str]:
    (found,) = [one for one in look_at_words(first, second) if one.look == look]
    assert found.count == len(first)
    return {match.first for match in found.matches}


def planted(source: GeneratedSource, disguise: str) -> tuple[set[str], list[Problem]]:
    """Ids of sealed problems, and a practice pool in which they stand in disguise."""
    chosen = Random(0).sample(source.sealed(), PLANTED)
    worn = [p.model_copy(update={"id": f"leak-{p.id}", "question": dressed(p.question, disguise)}) for p in chosen]
    return {p.id for p in chosen}, [*source.practice(1), *worn]


def dressed(question: str, disguise: str) -> str:
    if disguise == "writing":
        return "  " + question.upper().replace(".", " ;\n")
    return f"Now listen well: {question} Tell me!" if disguise == "framed" else question


@pytest.mark.parametrize("disguise", ["none", "writing"])
def test_every_copy_is_found_and_nothing_else(source: GeneratedSource, disguise: str) -> None:
    leaked, pool = planted(source, disguise)
    assert matched(source.sealed(), pool, "exact") == leaked
    assert leaked <= matched(source.sealed(), pool, "words")
    assert leaked <= matched(source.sealed(), pool, "twins")


def test_a_copy_within_other_words_is_found_by_its_run_which_is_shown(source: GeneratedSource) -> None:
    leaked, pool = planted(source, "framed")
    assert matched(source.sealed(), pool, "exact") == set()
    assert leaked <= matched(source.sealed(), pool, "words")
    (words,) = [look for look in look_at_words(source.sealed(), pool) if look.look == "words"]
    assert words.matches[0].second == f"leak-{words.matches[0].first}"
    assert len(words.matches[0].span.split()) == words.matches[0].score > 13


def test_a_short_question_is_found_within_a_longer_text(source: GeneratedSource) -> None:
    first, *others = source.sealed()
    short = first.model_copy(update={"id": "short", "question": "How many zebras does Zoe feed daily?"})
    longer = first.model_copy(update={"id": "long", "question": f"Read this: {short.question} {others[0].question}"})
    assert matched([short], [*others, longer], "words") == {"short"}
    assert matched([short], others, "words") == set()


def test_a_copy_with_one_word_in_fifteen_changed_is_a_near_copy_and_clean_splits_have_few(
    source: GeneratedSource,
) -> None:
    chosen, chance = source.sealed()[:PLANTED], Random(0)
    reworded: list[Problem] = []
    for problem in chosen:
        words = problem.question.split()
        for at in chance.sample(range(len(words)), max(1, len(words) // 15)):
            words[at] = "whatever"
        reworded.append(problem.model_copy(update={"id": f"leak-{problem.id}", "question": " ".join(words)}))
    pool = [*source.practice(1), *reworded]
    assert len(matched(chosen, pool, "copies")) >= 0.9 * PLANTED
    assert matched(chosen, pool, "exact") == set()
    assert len(matched(source.sealed(), source.practice(1), "copies")) < 0.1 * 200


@pytest.mark.parametrize("wording", ["new_words", "new_sentences", "new"])
def test_a_problem_told_anew_in_other_words_is_known_by_its_solution(source: GeneratedSource, wording: str) -> None:
    domain = MathDomain()
    told = [{"difficulty": 2 + seed % 3, "skill": domain.info.skills[seed % 4]} for seed in range(PLANTED)]
    asked = [domain.draw(seed, knobs) for seed, knobs in enumerate(told)]
    anew = [domain.draw(seed, {**knobs, "wording": wording}) for seed, knobs in enumerate(told)]
    long = {p.id for p in asked if len(p.steps) >= 3}
    assert len(long) > PLANTED / 2
    assert matched(asked, [*source.practice(1), *anew], "solutions") == long
    assert matched(asked, source.practice(1), "solutions") == set()


def test_splits_of_one_source_share_no_question_and_few_long_runs(source: GeneratedSource) -> None:
    looks = {look.look: len(look.matches) for look in look_at_words(source.sealed(), source.practice(1))}
    assert looks["exact"] == looks["twins"] == 0
    assert looks["words"] < 0.1 * 200


def test_latents_tell_what_is_nearer_than_a_set_is_to_itself(source: GeneratedSource) -> None:
    first, second = source.sealed()[:3], source.practice(1)[:300]
    theirs = latents(300, seed=1)
    ours = latents(3, seed=2)
    ours[0] = theirs[7] * 2
    found = look_at_latents(first, second, ours, theirs)
    assert [(m.first, m.second) for m in found.matches] == [(first[0].id, second[7].id)]
    assert found.threshold is not None
    assert 0.8 < found.threshold < 1
    assert look_at_latents(first, [], ours, theirs[:0]).matches == []


def test_the_longest_run_is_the_first_of_the_longest() -> None:
    assert longest_run(["a", "b", "c", "d", "e"], ["x", "c", "d", "a", "b", "c", "y"]) == ["a", "b", "c"]
    assert longest_run(["a"], ["b"]) == longest_run([], ["a"]) == []
