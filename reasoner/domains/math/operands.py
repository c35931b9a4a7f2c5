"""Which numbers a step may use, and which skill it shows: what can be said of equations without solving the problem.

An operand must come from somewhere: a number of the question, an earlier result, or a constant that a word of the
question stands for (`twice` is 2, `dozen` is 12, `week` is 7, `20%` is 0.2). Anything else is a lucky guess. The
constants are allowed only where their word is, so `2` is no free pass.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from reasoner.domains.math.equations import is_true, parse
from reasoner.domains.math.reader import Unreadable, read
from reasoner.domains.math.written_numbers import NUMERALS, SCALES, TENS, numbers_in, ungrouped
from reasoner.types.step import StepVerdict

_PERCENT = re.compile(r"([\d.]+)(?=\s?%| percent)")
_WORD = re.compile(r"[a-z%]+")
_SKILL_OF_OPERATOR = {"+": "add", "-": "take_away", "*": "times", "/": "share"}

_STANDS_FOR: dict[str, tuple[float, ...]] = {
    **{word: (value,) for word, value in {**NUMERALS, **TENS, **SCALES}.items()},
    **dict.fromkeys(("twice", "double", "doubles", "doubled", "pair", "pairs", "both", "couple"), (2,)),
    **dict.fromkeys(("half", "halves"), (2, 0.5)),
    **dict.fromkeys(("thrice", "triple", "triples"), (3,)),
    # What is left of a whole is one less a share.
    **dict.fromkeys(("third", "thirds"), (3, 1)),
    **dict.fromkeys(("quarter", "quarters", "fourth", "fourths"), (4, 1, 0.25, 0.75)),
    "quadruple": (4,),
    **dict.fromkeys(("fifth", "fifths"), (5, 1)),
    **dict.fromkeys(("dozen", "dozens", "month", "months", "monthly"), (12,)),
    **dict.fromkeys(("foot", "feet", "inch", "inches"), (12,)),
    **dict.fromkeys(("day", "days", "daily"), (7, 24)),
    **dict.fromkeys(("week", "weeks", "weekly"), (7, 52)),
    **dict.fromkeys(("year", "years", "yearly", "annual", "annually"), (12, 52, 365)),
    **dict.fromkeys(("hour", "hours", "minute", "minutes", "second", "seconds"), (60,)),
    **dict.fromkeys(("percent", "percentage", "%"), (100, 1)),
    **dict.fromkeys(("cent", "cents", "hundred", "hundreds"), (100,)),
}


def judge_steps(question: str, steps: Sequence[str]) -> tuple[StepVerdict, ...]:
    """Of each step whether it is true, and its operands that are no number of the question, no earlier result, and no
    constant that the question names.

    Args:
        question: the problem's text; its numbers may be digits or words.
        steps: equations such as `12+7=19`, in the order in which they are computed. What is no equation is not true.
    """
    known = set(_known(question))
    verdicts: list[StepVerdict] = []
    for step in steps:
        equation = parse(step)
        if equation is None:
            verdicts.append(StepVerdict(true=False))
            continue
        unknown = dict.fromkeys(_written(number) for number in equation.numbers if number not in known)
        verdicts.append(StepVerdict(true=is_true(step), unknown=tuple(unknown)))
        known.add(abs(equation.result))
    return tuple(verdicts)


def _written(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):g}"


@lru_cache(maxsize=1024)
def _known(question: str) -> frozenset[Fraction]:
    """The numbers that a question gives."""
    text = ungrouped(question)
    words = _WORD.findall(text.lower())
    known = numbers_in(text)
    known |= {Fraction(value) for word in words for value in _STANDS_FOR.get(word, ())}
    known |= {share / 100 for found in _PERCENT.findall(text) for share in numbers_in(found)}
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
