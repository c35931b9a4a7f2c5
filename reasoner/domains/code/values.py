"""Values of programs as text: read without evaluating anything, compared with their types, written without blanks."""

import ast
from typing import Any

Value = bool | int | float | str | None | list[Any] | tuple[Any, ...] | dict[Any, Any] | set[Any]

LONGEST = 4_000
"""Characters of a text that is read as a value."""


class NoValue(ValueError):
    """A text is no literal of built-in types."""


def read(text: str) -> Value:
    """The value that a literal says.

    Raises:
        NoValue: it is none, or too long.
    """
    if len(text) > LONGEST:
        raise NoValue(f"{len(text):,} characters; at most {LONGEST:,} are read")
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise NoValue(f"{text[:60]!r} is no Python value") from error


def same(one: Value, other: Value) -> bool:
    """Whether two values are equal and of one type throughout: `1`, `True` and `1.0` are three values."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def written(value: Value) -> str:
    """The literal of a value, without blanks outside of texts; sets in the order of their members' literals."""
    if isinstance(value, list):
        return f"[{_listed(value)}]"
    if isinstance(value, tuple):
        return f"({_listed(value)}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return "{" + ",".join(f"{written(k)}:{written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, set):
        return "{" + ",".join(sorted(map(written, value))) + "}" if value else "set()"
    return repr(value)


def _listed(values: list[Any] | tuple[Any, ...]) -> str:
    return ",".join(map(written, values))
