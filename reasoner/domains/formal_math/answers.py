"""Whether an answer is the gold one: the gold answer's own form says how the two are compared.

Numbers by their value, as a number and not as a sum, fractions in lowest terms; polynomials by their terms, once each
is collected, so that a question is not its own answer; `True` and `False`; times of day; lists, in their order unless
the module asks for a set; anything else letter by letter.
"""

import re
from collections import Counter

from reasoner.domains.formal_math.polynomials import is_collected, read_number, read_polynomial

LONGEST = 400
UNORDERED = frozenset({"algebra__polynomial_roots", "numbers__list_prime_factors"})
"""Modules whose answers are sets."""
_TRUTHS = {"true": "True", "yes": "True", "false": "False", "no": "False"}
_TIME = re.compile(r"0?(\d{1,2}):(\d\d)\s*([ap])\.?m\.?", re.IGNORECASE)


def fault(gold: str, answer: str, module: str = "") -> str:
    """What is wrong with an answer; empty for nothing.

    Args:
        gold: as the problem has it.
        answer: any text.
        module: whose problem it is, as `numbers__gcd`.
    """
    given = answer.strip()
    if not given:
        return "there is no answer"
    if len(given) > LONGEST:
        return f"the answer has {len(given):,} characters; at most {LONGEST} are read"
    wanted, found = _items(gold), _items(given)
    if len(wanted) != len(found):
        return f"{len(found)} values, where {len(wanted)} are asked for"
    if module in UNORDERED:
        same = Counter(map(_key, wanted)) == Counter(_key(one, like=wanted[0]) for one in found)
    else:
        same = all(_key(one) == _key(other, like=one) for one, other in zip(wanted, found, strict=True))
    return "" if same else "another value, or not in the form that is asked for"


def _items(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def _key(text: str, like: str | None = None) -> tuple[str, object]:
    """What an answer is compared by: its kind and its value. `like` is the gold answer, whose kind counts."""
    gold, plain = text if like is None else like, text.strip()
    if gold in ("True", "False"):
        return "truth", _TRUTHS.get(plain.lower(), plain)
    if _TIME.fullmatch(gold):
        time = _TIME.fullmatch(plain)
        return "time", tuple(part.lower() for part in time.groups()) if time else plain
    if read_number(gold) is not None:
        value = read_number(plain)
        return ("number", value) if value is not None else ("text", plain)
    if read_polynomial(gold) is not None:
        told = read_polynomial(plain)
        fits = told is not None and (like is None or is_collected(plain) or plain == gold)
        return "polynomial", frozenset(told.items()) if told is not None and fits else f"as text: {plain}"
    return "text", " ".join(plain.casefold().split())
