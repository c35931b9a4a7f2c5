"""Names and things are many, can be told apart from the words of the sentences, and are the same at every start."""

import re
import subprocess
import sys

import pytest

from reasoner.domains.math import unseen
from reasoner.domains.math.generator import Recipe, build
from reasoner.domains.math.lexicon import GOODS, NAMES, THINGS
from reasoner.domains.math.nouns import plural_of
from reasoner.domains.math.plain_words import PLAIN, SAID
from reasoner.domains.math.story import SKILLS
from reasoner.domains.math.structure import skeleton
from reasoner.domains.math.wording import MONEY

_RENAMED = {single: f"q{single}" for plural, single in THINGS.items() if plural != MONEY}
_RENAMED |= {plural: plural_of(_RENAMED[single]) for plural, single in THINGS.items() if plural != MONEY}


def test_names_and_things_are_many_and_none_comes_twice() -> None:
    assert len(NAMES) == len({name.lower() for name in NAMES}) > 4000
    assert len(GOODS) == len(set(THINGS.values())) - 1 > 570
    assert all(plural_of(single) == plural for plural, single in THINGS.items())


def test_no_word_is_two_of_name_thing_and_everyday_word() -> None:
    names, things = {name.lower() for name in NAMES}, {*THINGS, *THINGS.values()}
    assert not names & things
    assert not (names | things) & PLAIN
    assert things & SAID == {MONEY}


@pytest.mark.parametrize(
    ("single", "plural"),
    [("pen", "pens"), ("berry", "berries"), ("toy", "toys"), ("box", "boxes"), ("loaf", "loaves"), ("dax", "daxes")],
)
def test_a_plural_is_spelt_as_in_english(single: str, plural: str) -> None:
    assert plural_of(single) == plural


def test_another_process_has_the_same_words() -> None:
    code = "from reasoner.domains.math.lexicon import *; print(NAMES[-3:], GOODS[-3:])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert told == f"{NAMES[-3:]} {GOODS[-3:]}"


def test_the_same_story_has_one_structure_whatever_its_names_and_things_are() -> None:
    for seed in range(200):
        recipe = Recipe(1 + seed % 4, SKILLS[seed % 6], distractor_rate=0.0)
        drawn = build(seed, recipe)
        words = re.findall(r"\w+|\W", drawn.question)
        other = "".join(_RENAMED.get(word, f"N{word[1:]}ez" if word in NAMES else word) for word in words)
        assert skeleton(other) == skeleton(drawn.question), (other, drawn.question)


@pytest.mark.parametrize(
    "question",
    [
        "Wilhelmina has 12 turnips. Then Wilhelmina gets 3 more turnips. How many turnips does Wilhelmina have?",
        "Xi has 1,200 blickets. Then Xi gets 3 more blickets. How many blickets does Xi have?",
        "Zo\N{LATIN SMALL LETTER E WITH DIAERESIS} has 2 gherkins. Then Zo\N{LATIN SMALL LETTER E WITH DIAERESIS} gets "
        "30 more gherkins. How many gherkins does Zo\N{LATIN SMALL LETTER E WITH DIAERESIS} have?",
        "mia has 12 pens. then mia gets 3 more pens. how many pens does mia have?",
    ],
)
def test_names_and_things_of_no_list_are_taken_out_of_a_structure(question: str) -> None:
    listed = "Ann has 5 pens. Then Ann gets 4 more pens. How many pens does Ann have?"
    assert skeleton(question) == skeleton(listed)


def test_the_first_word_of_a_sentence_is_no_name_and_unseen_words_stay_unseen() -> None:
    assert "@p" not in skeleton("There are 5 pens. How many pens are in each of 5 bags? Count all.")
    assert not {name.lower() for name in unseen.NAMES} & {name.lower() for name in NAMES}
