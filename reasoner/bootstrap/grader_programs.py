"""Correct programs with their tests, written for `reasoner selftest graders`: it must find every one of them right.

Together they return each type that may cross the border of a jail, raise, recurse, use threads and the library.
"""

import ast

from reasoner.sandbox.unit_tests import UnitTests

_SOURCE = """
def add(a, b):
    return a + b
assert add(2, 3) == 5
assert add(-1, 1) == 0
assert add("a", "b") == "ab"
# ---
def is_prime(n):
    return n > 1 and all(n % d for d in range(2, int(n ** 0.5) + 1))
assert [n for n in range(20) if is_prime(n)] == [2, 3, 5, 7, 11, 13, 17, 19]
assert is_prime(7919) is True
# ---
def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)
assert factorial(5) == 120
assert factorial(306) % 307 == 306
assert factorial(200) == 200 * factorial(199)
# ---
def power_of_ten(n):
    return 10 ** n
assert power_of_ten(3) == 1000
assert power_of_ten(6000) == 10 ** 6000
assert -power_of_ten(5000) == -(10 ** 5000)
# ---
def words(text):
    return text.split()
assert words("one two  three") == ["one", "two", "three"]
assert words("") == []
# ---
from collections import Counter
def letters(text):
    return Counter(text)
assert letters("abca") == {"a": 2, "b": 1, "c": 1}
assert type(letters("a")) is dict
# ---
def unique(items):
    return set(items)
assert unique([1, 2, 2]) == {1, 2}
assert unique([]) == set()
# ---
def pairs(items):
    return frozenset(zip(items, items[1:]))
assert pairs([1, 2, 3]) == frozenset({(1, 2), (2, 3)})
assert isinstance(pairs([1]), frozenset)
# ---
def swap(pair):
    return pair[1], pair[0]
assert swap((1, "a")) == ("a", 1)
assert isinstance(swap((1, 2)), tuple)
# ---
def invert(table):
    return {value: key for key, value in table.items()}
assert invert({"a": 1, "b": (2, 3)}) == {1: "a", (2, 3): "b"}
# ---
def largest(numbers):
    return max(numbers, default=float("-inf"))
assert largest([1.5, 2.5]) == 2.5
assert largest([]) == float("-inf")
# ---
def undefined():
    return float("nan")
assert undefined() != undefined()
# ---
import math
def distance(a, b):
    return math.dist(a, b)
assert abs(distance((0, 0), (3, 4)) - 5) < 1e-12
assert math.isclose(distance((0, 0), (1, 1)), math.sqrt(2))
# ---
def countdown(n):
    while n:
        yield n
        n -= 1
assert list(countdown(3)) == [3, 2, 1]
assert sum(countdown(100)) == 5050
# ---
def squares(n):
    return map(lambda x: x * x, range(n))
assert list(squares(4)) == [0, 1, 4, 9]
# ---
def evens(n):
    return range(0, n, 2)
assert evens(10) == range(0, 10, 2)
assert 4 in evens(10)
# ---
def encode(text):
    return text.encode("utf-8")
assert encode("h\\u00e9") == b"h\\xc3\\xa9"
# ---
def blank(n):
    return bytearray(n)
assert blank(3) == bytearray(b"\\0\\0\\0")
# ---
import cmath
def roots(a, b, c):
    root = cmath.sqrt(b * b - 4 * a * c)
    return (-b + root) / (2 * a), (-b - root) / (2 * a)
assert roots(1, 0, 1) == (1j, -1j)
# ---
from collections import deque
def rotated(items, n):
    queue = deque(items)
    queue.rotate(n)
    return queue
assert list(rotated([1, 2, 3], 1)) == [3, 1, 2]
# ---
from collections import namedtuple
Point = namedtuple("Point", "x y")
def mirror(x, y):
    return Point(-x, y)
assert mirror(1, 2) == (-1, 2)
# ---
def first(items):
    return items[0]
assert first([3]) == 3
try:
    first([])
except IndexError:
    caught = True
assert caught
# ---
class Odd(ValueError):
    pass
def half(n):
    if n % 2:
        raise Odd("odd")
    return n // 2
assert half(4) == 2
try:
    half(3)
    caught = False
except Exception:
    caught = True
assert caught
# ---
import re
def digits(text):
    return re.findall(r"\\d+", text)
assert digits("a1 b22") == ["1", "22"]
# ---
import json
def compact(value):
    return json.dumps(value, separators=(",", ":"))
assert compact({"a": [1, None, True]}) == '{"a":[1,null,true]}'
# ---
import random
def shuffled(items, seed):
    rng = random.Random(seed)
    items = list(items)
    rng.shuffle(items)
    return items
assert sorted(shuffled(range(9), 1)) == list(range(9))
assert shuffled(range(9), 1) == shuffled(range(9), 1)
# ---
import threading
def in_thread(n):
    found = []
    thread = threading.Thread(target=lambda: found.append(n))
    thread.start()
    thread.join()
    return found
assert in_thread(7) == [7]
# ---
def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value
assert nested(3) == [[[[]]]]
assert nested(40) == [nested(39)]
# ---
def greet(name, *, mark="!"):
    print("this goes nowhere")
    return f"hello {name}{mark}"
assert greet("you") == "hello you!"
assert greet("you", mark="?") == "hello you?"
# ---
total = 0
def remember(n):
    global total
    total += n
    return total
assert remember(2) == 2
assert remember(3) == 5
# ---
def kind(value):
    return type(value)
assert kind(1) is int
assert kind("a") == str
# ---
import datetime
def weekday(text):
    return datetime.date.fromisoformat(text).strftime("%A")
assert weekday("2026-01-01") == "Thursday"
# ---
def merge(a, b):
    return sorted([*a, *b])
assert merge([1, 3], [2]) == [1, 2, 3]
# ---
def half_a_pair(n):
    return chr(0xD800 + n) + "\\N{GRINNING FACE}" + "\\0\\n\\u2028"
assert half_a_pair(1) == "\\ud801\\U0001f600\\0\\n\\u2028"
# ---
from fractions import Fraction
def share(a, b):
    return Fraction(a, b).as_integer_ratio()
assert share(2, 6) == (1, 3)
# ---
def nothing():
    pass
assert nothing() is None
"""


def own_programs() -> tuple[UnitTests, ...]:
    """The tasks; a program's name is that of the function that its tests call."""
    return tuple(_task(text) for text in _SOURCE.split("# ---\n"))


def _task(text: str) -> UnitTests:
    tree = ast.parse(text)
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    starts = next(node.lineno for node in tree.body if isinstance(node, ast.Assert)) - 1
    lines = text.splitlines()
    return UnitTests(
        id=functions[-1],
        names=(functions[-1],),
        setup="import math",
        tests=("\n".join(lines[starts:]),),
        canonical="\n".join(lines[:starts]),
    )
