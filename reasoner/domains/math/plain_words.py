"""Everyday words that are neither a name nor a thing that is counted, in small letters.

The words of all sentences, and those that questions of people are full of. Whoever looks for names needs them: a
capital letter also begins a sentence.
"""

import re

from reasoner.domains.math import unseen, wording

_WORDS = """
a about above after again all along also altogether an and another any are around as at away back be because been
before behind below between both bought but buys by can cost costs could day days did do does done down during each
either equal equally even every everyone extra few fewer find finds first five for four from gave get gets give
given gives go goes gone got had half has have he her here hers him his hour hours how however i if in into is it
its just last later least left less let make makes many minute minutes more most much my need needs new next nine no
not now of off old on once one only onto or other others our out over own owns part parts per percent picks piece
pieces put puts same seven share shares she since six so some suppose take takes tell ten than that the their them
then there these they this those though three through time times to today together tomorrow total twice two under
until up used was way we week weeks were what when where whether which while who whole whose why will with without
would year years yesterday you your
"""

_USUAL = frozenset(_WORDS.split())


def _said_in(*lists: tuple[str, ...]) -> set[str]:
    said = " ".join(sentence for sentences in lists for sentence in sentences)
    return set(re.findall("[a-z]+", re.sub(r"{\w+}", " ", said).lower()))


SAID = frozenset(_said_in(wording.GIVEN, *wording.RELATIONS.values(), *wording.QUESTIONS.values(), wording.DISTRACTORS))
"""Words of the sentences that are drawn for training."""

PLAIN = (
    _USUAL | SAID | _said_in(unseen.GIVEN, *unseen.RELATIONS.values(), *unseen.QUESTIONS.values(), unseen.DISTRACTORS)
) - {wording.MONEY}
