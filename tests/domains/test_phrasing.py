import hashlib

import pytest

from reasoner.domains.math import unseen, wording
from reasoner.domains.math.domain import MathDomain
from reasoner.domains.math.generator import Recipe, build
from reasoner.domains.math.lexicon import NAMES, THINGS
from reasoner.domains.math.phrasing import PHRASINGS, Wording
from reasoner.domains.math.reader import solve_text
from reasoner.domains.math.story import SKILLS
from reasoner.domains.math.wording import MONEY

OTHERS: tuple[Wording, ...] = ("new_words", "new_sentences", "new")


def test_the_unseen_wording_shares_no_sentence_name_or_thing_with_the_usual_one() -> None:
    assert not set(unseen.NAMES) & set(NAMES)
    assert set(unseen.THINGS) & set(THINGS) == {MONEY}
    assert set(unseen.THINGS.values()) & set(THINGS.values()) == {THINGS[MONEY]}
    for usual, other in ((wording.RELATIONS, unseen.RELATIONS), (wording.QUESTIONS, unseen.QUESTIONS)):
        assert set(usual) == set(other)
        assert not {t for ts in usual.values() for t in ts} & {t for ts in other.values() for t in ts}
    assert not set(wording.GIVEN + wording.DISTRACTORS) & set(unseen.GIVEN + unseen.DISTRACTORS)


def test_every_unseen_sentence_names_the_places_that_the_usual_ones_of_its_kind_name() -> None:
    def places(template: str) -> set[str]:
        names = {name for name in ("p", "q", "r", "n", "k", "other") if f"{{{name}}}" in template}
        return names | ({"things"} if "{thing" in template else set())

    for kind, templates in {**unseen.RELATIONS, **unseen.QUESTIONS}.items():
        usual = places({**wording.RELATIONS, **wording.QUESTIONS}[kind][0])
        assert [t for t in templates if not {"p", "q", "r", "n", "k"} & usual <= places(t)] == []


@pytest.mark.parametrize("other", OTHERS)
def test_the_same_seed_tells_the_same_steps_in_other_words(other: Wording) -> None:
    for seed in range(40):
        told = [build(seed, Recipe(2, SKILLS[seed % 6], distractor_rate=0.0, wording=w)) for w in ("usual", other)]
        assert sorted(told[0].steps) == sorted(told[1].steps)
        assert told[0].question != told[1].question


def test_a_problem_in_other_words_is_made_again_from_its_provenance() -> None:
    problem = build(3, Recipe(3, "times", wording="new"))
    assert problem.provenance.parameters["wording"] == "new"
    assert MathDomain().draw(3, problem.provenance.parameters) == problem
    assert solve_text(problem.question) is None


def test_an_unknown_wording_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'old'"):
        MathDomain().draw(0, {"difficulty": 1, "skill": "add", "wording": "old"})


def test_a_version_of_the_generator_tells_the_same_problems_for_ever() -> None:
    assert "wording" not in build(0, Recipe(1, "add")).provenance.parameters
    later = {"material", "split"}  # fields that problems had not when the words below were told
    told = "".join(build(s, Recipe(1 + s % 5, SKILLS[s % 6])).model_dump_json(exclude=later) for s in range(60))
    assert hashlib.sha256(told.encode()).hexdigest()[:16] == "833cd255ad37b763", (
        "other problems need another generator.VERSION"
    )
    assert set(PHRASINGS) == {"usual", *OTHERS}
