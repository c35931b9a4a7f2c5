"""Comparison: the larger of two, the closest, the order, the k-th largest."""

from collections.abc import Sequence
from fractions import Fraction
from random import Random

from reasoner.domains.formal_math.arithmetic import closed, number
from reasoner.domains.formal_math.module import CannotWork, Fields, Module, Scale, Wording
from reasoner.domains.formal_math.polynomials import written_number

_RANKS = {"second": 2, "third": 3, "fourth": 4}


def _some(rng: Random, scale: Scale) -> str:
    """A number, from level 2 on now and then a fraction in lowest terms."""
    if scale.level > 1 and rng.random() < 0.3:
        value = Fraction(rng.randint(1, 9), rng.randint(2, 9))
        return str(-value if rng.random() < 0.3 else value)
    return number(rng, scale)


def _several(rng: Random, scale: Scale, count: int) -> list[str]:
    """Different numbers."""
    found: dict[Fraction, str] = {}
    while len(found) < count:
        text = _some(rng, scale)
        found.setdefault(Fraction(text), text)
    return list(found.values())


def _items(text: str) -> list[str]:
    return text.split(", ")


def _difference(large: str, small: str) -> tuple[str, Fraction]:
    value = Fraction(large) - Fraction(small)
    first = closed(large) if "/" in large else large
    return f"{first}-{closed(small)}={written_number(value, decimal='.' in large + small)}", value


def _draw_pair(rng: Random, scale: Scale) -> Fields:
    first, second = _several(rng, scale, 2)
    return {"a": first, "b": second, "side": rng.choice(("bigger", "smaller"))}


def _work_pair(fields: Fields) -> list[str]:
    """The sign of the difference tells."""
    told, value = _difference(fields["a"], fields["b"])
    if not value:
        raise CannotWork("they are the same")
    return [told, fields["a"] if (value > 0) == (fields["side"] == "bigger") else fields["b"]]


def _draw_closest(rng: Random, scale: Scale) -> Fields:
    values = _several(rng, scale, 3 + (scale.level > 2) + 1)
    return {"n": values[0], "l": ", ".join(values[1:])}


def _work_closest(fields: Fields) -> list[str]:
    """The distance of each, then the one that is nearest."""
    steps, distances = list[str](), list[tuple[Fraction, str]]()
    for item in _items(fields["l"]):
        large, small = sorted((item, fields["n"]), key=Fraction, reverse=True)
        told, value = _difference(large, small)
        steps.append(told)
        distances.append((value, item))
    nearest = sorted(distances)
    if nearest[0][0] == nearest[1][0]:
        raise CannotWork("two are as close")
    return [*steps, nearest[0][1]]


def _draw_order(rng: Random, scale: Scale) -> Fields:
    return {"l": ", ".join(_several(rng, scale, 3 + scale.level)), "order": rng.choice(("ascending", "descending"))}


def _work_order(fields: Fields) -> list[str]:
    """The list from its first number on: each step has one more, in its place."""
    items, reverse = _items(fields["l"]), fields["order"] == "descending"
    return [_ordered(items[:count], reverse=reverse) for count in range(2, len(items) + 1)]


def _ordered(items: Sequence[str], *, reverse: bool) -> str:
    return ", ".join(sorted(items, key=Fraction, reverse=reverse))


def _draw_rank(rng: Random, scale: Scale) -> Fields:
    values = _several(rng, scale, 3 + scale.level)
    return {"l": ", ".join(values), "rank": rng.choice(tuple(_RANKS)[: len(values) - 1])}


def _work_rank(fields: Fields) -> list[str]:
    """The largest first, then the one of that rank."""
    items, rank = _items(fields["l"]), _RANKS.get(fields["rank"], 0)
    if not 1 <= rank <= len(items):
        raise CannotWork("there is no such place")
    ordered = _ordered(items, reverse=True)
    return [ordered, _items(ordered)[rank - 1]]


COMPARISON = (
    Module(
        "comparison__pair",
        tuple(
            Wording(f"{text} is {side}: {{a:number}} or {{b:number}}?", {"side": side})
            for text in ("Which", "Which number")
            for side in ("bigger", "smaller")
        ),
        _draw_pair,
        _work_pair,
    ),
    Module(
        "comparison__closest",
        (
            Wording("Which of {l:list} is closest to {n:number}?"),
            Wording("Which is the nearest to {n:number}: {l:list}?"),
        ),
        _draw_closest,
        _work_closest,
    ),
    Module(
        "comparison__sort",
        tuple(
            Wording(text.replace("ORDER", order), {"order": order})
            for text in ("Put {l:list} in ORDER order.", "Sort {l:list} in ORDER order.")
            for order in ("ascending", "descending")
        ),
        _draw_order,
        _work_order,
    ),
    Module(
        "comparison__kth_biggest",
        (
            Wording("What is the {rank:word} biggest value in {l:list}?"),
            Wording("Which of {l:list} is the {rank:word} biggest?"),
        ),
        _draw_rank,
        _work_rank,
    ),
)
