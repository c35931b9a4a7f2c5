"""`squad`: answers in words, as SQuAD and HotpotQA score them.

Normalised exact match decides; F1 over words is the score. Both as in the evaluation script of SQuAD v1.1
(evaluate-v1.1.py): lower case, no ASCII punctuation, no articles, single blanks, the best of several gold answers. As
in that of HotpotQA (hotpot_evaluate_v1.py), `yes`, `no` and `noanswer` share words with nothing else. Known and kept,
so that figures can be compared: without punctuation `1.5` is `15`. Unlike SQuAD v2, an empty answer is never right.
"""

import re
import string
from collections import Counter

from reasoner.domains.checkers.base import CheckerSettings, Gold, checks, shown, spells
from reasoner.types.check import Check, right, wrong

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_CLOSED = frozenset({"yes", "no", "noanswer"})


class SquadSettings(CheckerSettings):
    """`squad` has no options: it is what was published."""


class SquadChecker:
    """Exact match decides, F1 is the score."""

    name = "squad"
    version = "1"
    settings_type = SquadSettings

    def __init__(self, settings: SquadSettings | None = None) -> None:
        self.settings = settings or SquadSettings()

    @checks
    def check(self, gold: Gold, answer: str) -> Check:
        """Right if it is one of the gold answers once normalised; the score is the best F1."""
        given = normalised(answer)
        if not given:
            return wrong("nothing is left of the answer once it is normalised")
        wanted = [text for text in map(normalised, gold.accepted) if text]
        if given in wanted:
            return right({"matched": given})
        score, nearest = max((f1(given, text), text) for text in wanted)
        return wrong(f"{shown(given)} is not {shown(nearest)}", score=score, evidence={"nearest": nearest})

    @spells
    def canonical(self, answer: str) -> str:
        """The normalised answer."""
        return normalised(answer)

    def validate_gold(self, gold: Gold) -> str:
        """At least one gold answer must have words."""
        if not gold.accepted:
            return "there is no gold answer; give the row an `answer` or `answers`"
        if not any(map(normalised, gold.accepted)):
            return f"nothing is left of {shown(gold.accepted[0])} once it is normalised; use the checker `exact`"
        return ""


def normalised(text: str) -> str:
    """`normalize_answer` of the evaluation script."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def f1(given: str, wanted: str) -> float:
    """F1 over the words of two normalised answers, in 0..1; 0 for unequal ones of which one is yes, no or noanswer."""
    if given != wanted and not _CLOSED.isdisjoint({given, wanted}):
        return 0.0
    words, gold = given.split(), wanted.split()
    common = sum((Counter(words) & Counter(gold)).values())
    return 2 * common / (len(words) + len(gold)) if common else 0.0
