"""Values of built-in types as a tree that JSON can hold, and back: all that crosses the border of a jail.

    None, True, 1, 1.5, "a"      themselves              [1, 2]         [1, 2]
    (1, 2)                       {"tuple": [1, 2]}       {"a": 1}       {"dict": [["a", 1]]}
    {1}, frozenset, deque        {"set": [1]} ...        range(3)       {"range": [0, 3, 1]}
    b"a"                         {"bytes": "61"}         1j             {"complex": [0.0, 1.0]}
    inf, nan                     {"float": "inf"}        10**9999       {"int": "..."} in hexadecimal
    int, str, ... themselves     {"type": "int"}     a generator    {"iterator": [...]}, what it yields

A value of a class that derives from a built-in type crosses as that type's value: what it claims of itself (`__eq__`,
`__hash__`, `__repr__`) stays behind. Anything else cannot cross. What comes from a jail is read as JSON, not by
`ast.literal_eval`, which compiles the text: its documentation warns that a hostile one exhausts memory and stack.

Stand-alone: this file is copied into jails and imports the standard library alone.
"""

from __future__ import annotations

import itertools

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

DEEPEST = 50
"""Values within values."""
MOST = 200_000
"""Values in one message, all depths together."""
MOST_HASHED = 20_000
"""Elements of one set or dict that the trusted side builds: chosen integers collide, and n of them cost n squared."""
LARGEST_INT = 10**4000
"""Longer ones cross in hexadecimal: Python limits the decimal digits that it converts (4300)."""


TYPES = {
    one.__name__: one
    for one in (bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, object)
}
"""What crosses by its name."""


class CannotCross(Exception):
    """A value that is not of built-in types, too deep or too large; the message names its type."""


def pack(value: object) -> object:
    """The tree of a value. Raises CannotCross."""
    return _Packer().pack(value, 0)


class _Packer:
    def __init__(self) -> None:
        self.count = 0

    def pack(self, value: object, depth: int) -> object:
        self.count += 1
        if self.count > MOST or depth > DEEPEST:
            raise CannotCross(
                f"a value of more than {MOST} parts" if self.count > MOST else "a value nested too deeply"
            )
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if isinstance(value, int):
            value = int.__index__(value)
            return value if -LARGEST_INT < value < LARGEST_INT else {"int": int.__format__(value, "x")}
        if isinstance(value, float):
            value = float.__float__(value)
            return value if value - value == 0 else {"float": float.__repr__(value)}
        if isinstance(value, str):
            return str.__str__(value)
        return self.container(value, depth + 1)

    def container(self, value: object, depth: int) -> object:
        if isinstance(value, list):
            return self.all(list.__iter__(value), depth)
        if isinstance(value, tuple):
            return {"tuple": self.all(tuple.__iter__(value), depth)}
        if isinstance(value, dict):
            return {"dict": [self.all(pair, depth) for pair in dict.items(value)]}
        if isinstance(value, set):
            return {"set": self.all(set.__iter__(value), depth)}
        if isinstance(value, frozenset):
            return {"frozenset": self.all(frozenset.__iter__(value), depth)}
        return self.other(value, depth)

    def other(self, value: Any, depth: int) -> object:
        if isinstance(value, bytes):
            return {"bytes": bytes.hex(value)}
        if isinstance(value, bytearray):
            return {"bytearray": bytearray.hex(value)}
        if isinstance(value, complex):
            return {"complex": [self.pack(part, depth) for part in (complex.__add__(value, 0j).real, value.imag)]}
        if type(value) is range:
            return {"range": [self.pack(part, depth) for part in (value.start, value.stop, value.step)]}
        kind = type(value)
        if kind.__module__ == "collections" and kind.__name__ == "deque":
            return {"deque": self.all(iter(value), depth)}
        if kind is type and TYPES.get(value.__name__) is value:
            return {"type": value.__name__}
        if hasattr(kind, "__next__"):
            return {"iterator": self.all(itertools.islice(value, MOST), depth)}
        raise CannotCross(f"an object of type {str(kind.__name__)[:80]!r}")

    def all(self, values: Iterable[object], depth: int) -> list[object]:
        return [self.pack(value, depth) for value in values]


def unpack(tree: object, most_hashed: int = MOST) -> Any:
    """The value of a tree that may be anything. Raises CannotCross where it is not one that `pack` makes."""
    try:
        return _value(tree, most_hashed)
    except (TypeError, ValueError, KeyError, RecursionError, OverflowError, MemoryError) as error:
        raise CannotCross(f"a message that is no value ({type(error).__name__})") from None


def _value(tree: object, most: int) -> Any:
    if isinstance(tree, list):
        return [_value(item, most) for item in tree]
    if not isinstance(tree, dict):
        return tree
    ((kind, held),) = tree.items()
    if kind in ("set", "frozenset", "dict") and len(held) > most:
        raise ValueError("too many")
    return _BUILT[kind](held, most)


def _items(held: object, most: int) -> list[Any]:
    if not isinstance(held, list):
        raise TypeError("not a list")
    return [_value(item, most) for item in held]


def _complex(real: float, imaginary: float) -> complex:
    return complex(real, imaginary)


def _deque(held: object, most: int) -> object:
    from collections import deque

    return deque(_items(held, most))


_BUILT = {
    "tuple": lambda held, most: tuple(_items(held, most)),
    "set": lambda held, most: set(_items(held, most)),
    "frozenset": lambda held, most: frozenset(_items(held, most)),
    "dict": lambda held, most: dict(_items(held, most)),
    "deque": _deque,
    "iterator": lambda held, most: iter(_items(held, most)),
    "range": lambda held, most: range(*_items(held, most)),
    "complex": lambda held, most: _complex(*_items(held, most)),
    "bytes": lambda held, _: bytes.fromhex(held),
    "bytearray": lambda held, _: bytearray.fromhex(held),
    "float": lambda held, _: float(held),
    "int": lambda held, _: int(held, 16),
    "type": lambda held, _: TYPES[held],
}
