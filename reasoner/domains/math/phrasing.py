"""Which words and sentences stories are told in: the usual ones, or ones that are kept for tests of unseen wording.

The usual ones are `lexicon` and `wording`. The others mean the same and share no sentence, name or thing with them.
They are drawn only where a recipe asks for them by name, so no student learns from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from reasoner.domains.math import lexicon, unseen, wording

Wording = Literal["usual", "new_words", "new_sentences", "new"]


@dataclass(frozen=True)
class Phrasing:
    """Everything that is drawn when a story is put into words."""

    names: tuple[str, ...]
    things: Mapping[str, str]
    """Plural to singular, the money included."""
    goods: tuple[str, ...]
    """Plurals without the money."""
    given: tuple[str, ...]
    relations: Mapping[str, tuple[str, ...]]
    questions: Mapping[str, tuple[str, ...]]
    distractors: tuple[str, ...]


def _phrasing(words: Literal["usual", "new"], sentences: Literal["usual", "new"]) -> Phrasing:
    told = wording if sentences == "usual" else unseen
    drawn = lexicon if words == "usual" else unseen
    return Phrasing(
        names=drawn.NAMES,
        things=drawn.THINGS,
        goods=drawn.GOODS,
        given=told.GIVEN,
        relations=told.RELATIONS,
        questions=told.QUESTIONS,
        distractors=told.DISTRACTORS,
    )


PHRASINGS: dict[Wording, Phrasing] = {
    "usual": _phrasing("usual", "usual"),
    "new_words": _phrasing("new", "usual"),
    "new_sentences": _phrasing("usual", "new"),
    "new": _phrasing("new", "new"),
}
