"""Which numbers a step may use, and which skill it shows: what can be said of equations without solving the problem.

An operand must come from somewhere: a number of the question, an earlier result, or a constant that a word of the
question stands for (`twice` is 2, `dozen` is 12, `week` is 7, `20%` is 0.2). Anything else is a lucky guess. The
constants are allowed only where their word is, so `2` is no free pass.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from reasoner.domains.math.equations import parse
from reasoner.domains.math.reader import Unreadable, read

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")
_PERCENT = re.compile(r"[\d.,]+(?=\s?%| percent)")
_WORD = re.compile(r"[a-z%]+")
_SKILL_OF_OPERATOR = {"+": "add", "-": "take_away", "*": "times", "/": "share"}

_NUMERALS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_TENS = ("thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

_STANDS_FOR: dict[str, tuple[int, ...]] = {
    **{word: (value,) for value, word in enumerate(_NUMERALS)},
    **{word: (value,) for value, word in zip(range(30, 100, 10), _TENS, strict=True)},
    **dict.fromkeys(
        ("twice", "double", "doubles", "doubled", "half", "halves", "pair", "pairs", "both", "couple"), (2,)
    ),
    **dict.fromkeys(("thrice", "triple", "triples", "third", "thirds"), (3,)),
    **dict.fromkeys(("quarter", "quarters", "fourth", "fourths", "quadruple"), (4,)),
    **dict.fromkeys(("fifth", "fifths"), (5,)),
    **dict.fromkeys(("dozen", "dozens", "month", "months", "monthly"), (12,)),
    **dict.fromkeys(("foot", "feet", "inch", "inches"), (12,)),
    **dict.fromkeys(("day", "days", "daily"), (7, 24)),
    **dict.fromkeys(("week", "weeks", "weekly"), (7, 52)),
    **dict.fromkeys(("year", "years", "yearly", "annual", "annually"), (12, 52, 365)),
    **dict.fromkeys(("hour", "hours", "minute", "minutes", "second", "seconds"), (60,)),
    **dict.fromkeys(("percent", "percentage", "%", "cent", "cents", "hundred", "hundreds"), (100,)),
    **dict.fromkeys(("thousand", "thousands"), (1000,)),
}


def _numbers(text: str) -> list[Fraction]:
    return [Fraction(found.replace(",", "")) for found in _NUMBER.findall(text)]


def grounded(question: str, steps: Sequence[str]) -> bool:
    """Whether every operand of every step is a number of the question, an earlier result, or a constant it names.

    Args:
        question: the problem's text; its numbers may be digits or words up to ninety.
        steps: equations such as `12+7=19`, in the order in which they are computed.
    """
    known = set(_known(question))
    for step in steps:
        equation = parse(step)
        if equation is None or not known.issuperset(equation.numbers):
            return False
        known.add(abs(equation.result))
    return True


@lru_cache(maxsize=1024)
def _known(question: str) -> frozenset[Fraction]:
    """The numbers that a question gives."""
    known = set(_numbers(question))
    known |= {Fraction(value) for word in _WORD.findall(question.lower()) for value in _STANDS_FOR.get(word, ())}
    known |= {share / 100 for share in _numbers(" ".join(_PERCENT.findall(question)))}
    return frozenset(known)


def skill_of(question: str, steps: Sequence[str]) -> str:
    """The skill of the last step: what the reader says of the question, else what its operator suggests.

    Raises:
        ValueError: the last step is no equation, or there is no step.
    """
    try:
        if skill := read(question).skill:
            return skill
    except Unreadable:
        pass
    equation = parse(steps[-1]) if steps else None
    if equation is None:
        raise ValueError(f"the steps {list(steps)!r} do not end in an equation such as '12+7=19'")
    return _SKILL_OF_OPERATOR[equation.operators[-1]]
