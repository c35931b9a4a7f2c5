"""One small program in the making: a chain of lines, each of which uses what the line before made."""

import re
from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import NamedTuple

from reasoner.domains.code import operations as ops
from reasoner.domains.code.interpreter import Traced, Unreadable, trace
from reasoner.domains.code.operations import Kind, Operation
from reasoner.domains.code.values import Value, read

LARGEST, LEAST = 5, -2
"""Of all numbers that occur, as multiples of the largest one that a call is given."""
LONGEST_TEXT, LONGEST_LIST = 8, 5
"""Of all texts and lists that occur."""
BLOCKS = 0.6
"""Chance that a program of loops or choices begins with a block of two lines, where it may."""

_LETTERS = "abcdeghiklmnoprstu"
_NAMES: dict[Kind, str] = {"number": "abcdkmn", "text": "pqrstuw", "list": "xyzghij"}
_TABLES: dict[str, tuple[Operation, ...]] = {
    "numbers": ops.NUMBERS,
    "texts": ops.TEXTS + ops.TEXT_NUMBERS,
    "lists": ops.LISTS + ops.LIST_NUMBERS,
    "choices": ops.CHOICES,
    "loops": ops.LOOPS,
}
SKILLS = tuple(_TABLES)
_LATER: dict[str, tuple[Operation, ...]] = {
    "texts": ops.NUMBERS,
    "lists": ops.NUMBERS,
    "choices": ops.NUMBERS,
    "loops": ops.NUMBERS + ops.LIST_NUMBERS,
}
"""What may follow a skill's own first line."""
_ARGUMENTS: dict[str, tuple[Kind, Kind]] = {
    "numbers": ("number", "number"),
    "texts": ("text", "number"),
    "lists": ("list", "number"),
    "choices": ("number", "number"),
    "loops": ("list", "number"),
}
_FOR = (
    ("{1} = {1} + v", "add each member of {0} to {1}"),
    ("{1} = {1} - v", "subtract each member of {0} from {1}"),
    ("{1} = max({1}, v)", "make {1} each member of {0} that is larger"),
    ("{1} = {1} * 2 + v", "for each member of {0}, double {1} and add it"),
)
_IF = (
    ("{0} > {c}", "{0} = {0} - {c}", "if {0} is more than {c}, subtract {c} from it"),
    ("{0} % 2 == 1", "{0} = {0} + {c}", "if {0} is odd, add {c} to it"),
    ("{0} < {c}", "{0} = {0} * 2", "if {0} is less than {c}, double it"),
    ("{0} > {1}", "{0} = {0} - {1}", "if {0} is more than {1}, subtract {1} from it"),
)


class Drawn(NamedTuple):
    """A program with one call."""

    program: str
    arguments: tuple[Value, ...]
    traced: Traced
    words: str
    """What it does, in English."""
    takes: tuple[Kind, ...]

    @property
    def call(self) -> str:
        """The call with these arguments."""
        return call_of(self.arguments)


def call_of(arguments: Sequence[Value]) -> str:
    """A call of a program, with blanks as people write them."""
    return f"f({', '.join(repr(one) for one in arguments)})"


def arguments_for(rng: Random, takes: Sequence[Kind], max_number: int) -> tuple[Value, ...]:
    """Values for a call."""
    return tuple(_value(rng, kind, max_number) for kind in takes)


def is_small(found: Traced, max_number: int) -> bool:
    """Whether all values that occur are such as a student can write."""
    return all(_says_small(text, max_number) for text in found.values)


@lru_cache(maxsize=1 << 15)
def _says_small(text: str, max_number: int) -> bool:
    return _is_small(read(text), max_number)


def _is_small(value: Value, max_number: int) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= LONGEST_TEXT
    if isinstance(value, list):
        return 0 < len(value) <= LONGEST_LIST and all(_is_small(one, max_number) for one in value)
    return isinstance(value, int) and LEAST * max_number <= value <= LARGEST * max_number


def _value(rng: Random, kind: Kind, max_number: int) -> Value:
    if kind == "number":
        return rng.randint(1, max_number)
    if kind == "text":
        return "".join(rng.choices(_LETTERS, k=rng.randint(2, 5)))
    return [rng.randint(1, 9) for _ in range(rng.randint(2, 4))]


class Program:
    """One try at a program.

    Args:
        rng: the only source of chance.
        skill: whose lines it begins with.
        max_number: largest number of a call.
    """

    def __init__(self, rng: Random, skill: str, max_number: int) -> None:
        self._rng, self._skill, self._most = rng, skill, max_number
        self._free = {kind: rng.sample(names, len(names)) for kind, names in _NAMES.items()}
        self._takes = _ARGUMENTS[skill]
        self._arguments: list[tuple[str, Kind]] = [(self._free[kind].pop(), kind) for kind in self._takes]
        self._known = list(self._arguments)
        self._given = arguments_for(rng, self._takes, max_number)
        self._last = self._arguments[0]
        self._lines, self._words = list[str](), list[str]()

    def drawn(self, steps: int) -> Drawn | None:
        """The program, whose call takes so many steps; None where a line cannot follow or a value grows too large."""
        left = steps - 1 - self._block(steps - 1)
        for _ in range(left):
            if (line := self._expression()) is None:
                return None
            self._last = self._free[line.gives].pop(), line.gives
            self._known.append(self._last)
            self._add(f"{self._last[0]} = {line.text}", f"Let {self._last[0]} be {line.words}.")
        if self._lines and left == 0:
            self._add(f"return {self._last[0]}", f"Return {self._last[0]}.")
        elif (line := self._expression()) is None:
            return None
        else:
            self._add(f"return {line.text}", f"Return {line.words}.")
        return self._run(steps)

    def _run(self, steps: int) -> Drawn | None:
        body = "\n".join(self._lines)
        used = [place for place, (name, _) in enumerate(self._arguments) if re.search(rf"\b{name}\b", body)]
        names, given = [self._arguments[place][0] for place in used], tuple(self._given[place] for place in used)
        program = f"def f({', '.join(names)}):\n{body}"
        try:
            found = trace(program, call_of(given))
        except Unreadable:
            return None
        if len(found.lines) != len(used) + steps or not is_small(found, self._most):
            return None
        words = f"Write a function f of {' and '.join(names)}. {' '.join(self._words)}"
        return Drawn(program, given, found, words, tuple(self._takes[place] for place in used))

    def _block(self, room: int) -> int:
        """Begins with a loop or a branch, where the skill has one and it has room; gives the steps that it takes."""
        if self._skill not in ("loops", "choices") or not room or self._rng.random() > BLOCKS:
            return 0
        names, fields = [name for name, _ in self._arguments], {"c": self._rng.randint(3, 12)}
        if self._skill == "choices":
            test, body, words = self._rng.choice(_IF)
            head, takes = f"if {test.format(*names, **fields)}:", 1
        else:
            members = self._given[0]
            takes = len(members) if isinstance(members, list) else 0
            if takes > room:
                return 0
            (body, words), head = self._rng.choice(_FOR), f"for v in {names[0]}:"
            self._last = self._arguments[1]
        self._add(head, f"{words.format(*names, **fields)}.".capitalize())
        self._lines.append(f"        {body.format(*names, **fields)}")
        return takes

    def _expression(self) -> Operation | None:
        """An expression over the last value, its placeholders filled."""
        table = _TABLES[self._skill] + (_LATER.get(self._skill, ()) if self._lines else ())
        fitting = [one for one in table if self._last[1] in one.takes]
        if not fitting:
            return None
        chosen = self._rng.choice(fitting)
        names = self._names_for(chosen.takes)
        if names is None:
            return None
        multiplies = any(sign in chosen.text for sign in ("* {c}", "// {c}", "% {c}"))
        fields = {
            "c": self._rng.randint(2, 5) if multiplies else self._rng.randint(1, 9),
            "k": self._rng.randint(1, 2),
            **dict(zip("qr", self._rng.sample(self._some_letters(), 2), strict=True)),
        }
        text, words = (part.format(*names, **fields) for part in (chosen.text, chosen.words))
        return chosen._replace(text=text, words=words)

    def _names_for(self, takes: Sequence[Kind]) -> list[str] | None:
        """Variables for an expression, the last value among them."""
        own = self._rng.choice([place for place, kind in enumerate(takes) if kind == self._last[1]])
        names = list[str]()
        for place, kind in enumerate(takes):
            others = [name for name, of in self._known if of == kind and name != self._last[0]]
            if place != own and not others:
                return None
            names.append(self._last[0] if place == own else self._rng.choice(others))
        return names

    def _some_letters(self) -> list[str]:
        """Letters of the call's texts, and two others: most are there, some are not."""
        letters = sorted({letter for one in self._given if isinstance(one, str) for letter in one})
        return letters + self._rng.sample([one for one in _LETTERS if one not in letters], 2)

    def _add(self, line: str, words: str) -> None:
        self._lines.append(f"    {line}")
        self._words.append(words)
