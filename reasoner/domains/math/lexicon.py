"""Words of the stories. Names and things carry no meaning: the structure hash masks them.

They are drawn wide, thousands of names and hundreds of things, half of them from no language: a student of a few
names learns those names, a student of many learns that any word can stand there.
"""

from reasoner.domains.math import unseen
from reasoner.domains.math.first_names import FIRST_NAMES
from reasoner.domains.math.made_up import made_up_words
from reasoner.domains.math.nouns import NOUNS, plural_of
from reasoner.domains.math.plain_words import PLAIN
from reasoner.domains.math.wording import MONEY

_KEPT = {word.lower() for word in (*FIRST_NAMES, *unseen.NAMES, *unseen.THINGS, *PLAIN)}
"""Words that are something else already: names, words that must stay unseen, everyday ones."""
_ODD_NOUNS = made_up_words(285, seed=2, closed=True, without={*_KEPT, *NOUNS, *(w.removesuffix("s") for w in _KEPT)})

THINGS = {MONEY: "coin"} | {plural_of(noun): noun for noun in (*NOUNS, *_ODD_NOUNS)}
"""Plural to singular."""

GOODS = tuple(t for t in THINGS if t != MONEY)

_ODD_NAMES = made_up_words(3000, seed=1, closed=False, without={*_KEPT, *THINGS, *THINGS.values()})
NAMES = (*FIRST_NAMES, *(name.capitalize() for name in _ODD_NAMES))
