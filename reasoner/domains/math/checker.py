"""The truth of the math domain: is this answer the number that was asked for?

Three outcomes. An empty or unreadable answer is wrong; whatever goes wrong on the checker's own side, a missing gold
answer included, is an error, which counts as neither right nor wrong.
"""

import hashlib
import re
from fractions import Fraction
from pathlib import Path

from reasoner.domains import lookalikes, plain_text
from reasoner.domains.math import equations, lexicon, structure
from reasoner.types.problem import Outcome, Problem

MAX_LENGTH = 64
"""Characters of an answer; longer texts are no numbers."""

_ANSWER = re.compile(r"(-? ?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:/[0-9]+)?)(?: ?(?:%|[A-Za-z][A-Za-z ]*))?\.?")


def number_of(text: str) -> Fraction | None:
    """The number that a text gives, or None.

    A number (`18`, `-2.50`, `3/4`), with `$` and thousands commas, perhaps with its unit behind it (`18 apples`, `20%`)
    and a full stop. Several numbers, or words before the number, are no answer.
    """
    if len(text) > MAX_LENGTH:
        return None
    match = _ANSWER.fullmatch(equations.normalise(text, times=False))
    if match is None:
        return None
    numerator, _, denominator = match.group(1).replace(" ", "").partition("/")
    if not denominator:
        return Fraction(numerator)
    return Fraction(numerator) / int(denominator) if int(denominator) else None


def check(problem: Problem, answer: str) -> Outcome:
    """Judges an answer by its value: `18`, `18.0` and `$18` are the same.

    Args:
        problem: its `answer` is the gold answer.
        answer: what the student says.

    Returns:
        `right`; `wrong`, also for an empty or unreadable answer; `error` where the gold answer is no number or the
        checker itself fails.
    """
    try:
        gold = number_of(problem.answer)
        if gold is None:
            return "error"
        given = number_of(answer)
    except Exception:  # the third outcome is how a checker's own failure is told; a crash must not pass for "wrong"
        return "error"
    return "right" if given == gold else "wrong"


def checker_hash() -> str:
    """SHA-256 (hex) of the source that decides what is right and what belongs to which split; goes into manifests."""
    digest = hashlib.sha256()
    own = (__file__, equations.__file__, structure.__file__, lexicon.__file__)
    for source in (*own, plain_text.__file__, lookalikes.__file__):
        digest.update(Path(source).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
