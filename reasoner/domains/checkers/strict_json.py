"""JSON as RFC 8259 has it, read into one value or refused, whatever the text; and equality of what was read."""

import json
import math
import re
from collections import Counter
from typing import Any

from reasoner.domains.checkers.base import shown

DEEPEST = 64
"""Lists and objects within one another."""
_TEXTS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\Z)', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")


def read_json(text: str) -> tuple[Any, str]:
    """The value, and what is wrong with the text, which is empty for JSON."""
    if _depth(text) > DEEPEST:
        return None, f"it nests deeper than {DEEPEST}"
    try:
        return json.loads(
            text, parse_constant=_no_number, parse_float=_finite, parse_int=_whole, object_pairs_hook=_object
        ), ""
    except (ValueError, RecursionError) as fault:
        return None, str(fault)[:200]


def same_value(one: Any, other: Any) -> bool:
    """Whether two values of JSON are equal; numbers by value, and truth values are no numbers."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_value(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    return one == other


def _depth(text: str) -> int:
    depth = deepest = 0
    for bracket in _BRACKETS.findall(_TEXTS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"the number {shown(digits)} is beyond the range of floats")
    return value


def _whole(digits: str) -> int:
    if len(digits) > 1000:
        raise ValueError(f"a number has {len(digits):,} digits; at most 1,000 are read")
    return int(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise ValueError(f"the key {shown(twice)} stands twice")
    return found
