"""What crosses the border of a jail: built-in types, exactly, and nothing else."""

import json
import math
import string
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasoner.sandbox import wire
from reasoner.sandbox.wire_values import MOST_HASHED, CannotCross, pack, unpack

NUMBERS = st.integers() | st.floats(allow_nan=False) | st.complex_numbers(allow_nan=False)
SIMPLE = st.none() | st.booleans() | NUMBERS | st.text() | st.binary()
HASHABLE = st.recursive(SIMPLE, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=6)
VALUES = st.recursive(
    HASHABLE,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(HASHABLE, inner, max_size=3) | st.sets(HASHABLE, max_size=3)
    ),
    max_leaves=12,
)


def crossed(value: object) -> Any:
    """What becomes of a value on its way out of a jail and into another one."""
    line = wire.json(pack(value)).encode("utf-8", "surrogatepass")
    tree = json.loads(line.decode("utf-8", "surrogatepass"))
    return unpack(eval(ascii(tree), {"__builtins__": {}}))


@given(VALUES)
def test_every_value_of_built_in_types_comes_back_with_its_types(value: object) -> None:
    back = crossed(value)
    assert back == value
    assert type(back) is type(value)


LACKING: list[object] = [math.inf, -math.inf, 10**5000, -(10**5000), range(1, 9, 2), bytearray(b"a"), deque([1])]


@pytest.mark.parametrize("value", [*LACKING, int, list, set(), frozenset(), "\ud800\U0001f600\0"], ids=lambda _: "")
def test_what_json_lacks_crosses_too(value: object) -> None:
    assert crossed(value) == value
    assert type(crossed(value)) is type(value)


def test_not_a_number_crosses_and_still_equals_nothing() -> None:
    assert math.isnan(crossed(math.nan))
    assert list(crossed(n for n in (1, 2))) == [1, 2]


class Always(str):
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __str__(self) -> str:
        return "another text"

    def __repr__(self) -> str:
        return "True"


class Level(IntEnum):
    LOW = 1


Point = namedtuple("Point", "x y")


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Counter("aab"), {"a": 2, "b": 1}),
        (defaultdict(list, a=[1]), {"a": [1]}),
        (OrderedDict(a=1), {"a": 1}),
        (Point(1, 2), (1, 2)),
        (Level.LOW, 1),
        (True, True),
    ],
)
def test_a_derived_type_crosses_as_its_base(value: object, plain: object) -> None:
    assert crossed(value) == plain
    assert type(crossed(value)) is type(plain)


def test_what_a_text_claims_of_itself_stays_behind() -> None:
    back = crossed(Always("its characters"))
    assert type(back) is str
    assert back == "its characters"
    assert back != "anything else"


def loop() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


def shared() -> list[Any]:
    found: list[Any] = []
    for _ in range(40):
        found = [found, found]
    return found


@pytest.mark.parametrize(
    "value", [object(), len, lambda: 1, string, Always, loop(), shared(), iter(int, 1), {1: object()}]
)
def test_anything_else_cannot_cross(value: object) -> None:
    with pytest.raises(CannotCross):
        pack(value)


@pytest.mark.parametrize(
    "tree",
    [{}, {"eval": 1}, {"type": "eval"}, {"set": [[]]}, {"dict": [[1]]}, {"tuple": 3}, {"range": ["a"]}, {"bytes": "x"},
     {"int": "g"}, {"float": "x"}, {"complex": []}, {"set": [1], "tuple": [1]}],
)  # fmt: skip
def test_a_tree_that_is_no_value_is_refused(tree: object) -> None:
    with pytest.raises(CannotCross):
        unpack(tree)


def test_the_trusted_side_builds_no_large_set_or_table() -> None:
    numbers = list(range(MOST_HASHED + 1))
    with pytest.raises(CannotCross):
        unpack({"set": numbers}, MOST_HASHED)
    assert len(unpack({"set": numbers})) == MOST_HASHED + 1
