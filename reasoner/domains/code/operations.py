"""What a line of a drawn program can do: an expression over values of three kinds, and its words in English.

`{0}` and `{1}` stand for variables, `{c}` for a small number, `{k}` for a place in a text or list, `{q}` for a letter.
"""

from typing import Literal, NamedTuple

Kind = Literal["number", "text", "list"]


class Operation(NamedTuple):
    """One expression."""

    gives: Kind
    takes: tuple[Kind, ...]
    text: str
    words: str


def _all(gives: Kind, *rows: tuple[str, str, str]) -> tuple[Operation, ...]:
    kinds: dict[str, Kind] = {"n": "number", "t": "text", "l": "list"}
    return tuple(Operation(gives, tuple(kinds[one] for one in takes), text, words) for takes, text, words in rows)


NUMBERS = _all(
    "number",
    ("nn", "{0} + {1}", "the sum of {0} and {1}"),
    ("nn", "{0} - {1}", "{0} minus {1}"),
    ("n", "{0} + {c}", "{0} plus {c}"),
    ("n", "{0} - {c}", "{0} minus {c}"),
    ("n", "{0} * {c}", "{c} times {0}"),
    ("n", "{0} // {c}", "{0} divided by {c}, rounded down"),
    ("n", "{0} % {c}", "the remainder of {0} divided by {c}"),
    ("nn", "max({0}, {1})", "the larger one of {0} and {1}"),
    ("nn", "min({0}, {1})", "the smaller one of {0} and {1}"),
    ("nn", "abs({0} - {1})", "the distance of {0} and {1}"),
)
TEXTS = _all(
    "text",
    ("t", "{0}[::-1]", "{0} backwards"),
    ("t", "{0}[{k}:]", "{0} without its first {k} letters"),
    ("t", "{0}[:{k}]", "the first {k} letters of {0}"),
    ("tt", "{0} + {1}", "{0} followed by {1}"),
    ("t", "{0} + '{q}'", "{0} followed by the letter {q}"),
    ("t", "{0} * 2", "{0} written twice"),
    ("t", "{0}.upper()", "{0} in capital letters"),
    ("t", "{0}.replace('{q}', '{r}')", "{0} with {r} in the place of each {q}"),
    ("tn", "{0} + str({1})", "{0} followed by the digits of {1}"),
    ("t", "{0}[0] + {0}[-1]", "the first and the last letter of {0}"),
)
TEXT_NUMBERS = _all(
    "number",
    ("t", "len({0})", "the length of {0}"),
    ("t", "{0}.count('{q}')", "how many letters {q} are in {0}"),
    ("t", "{0}.find('{q}')", "the place of the first letter {q} in {0}, or -1"),
)
LISTS = _all(
    "list",
    ("l", "{0}[::-1]", "{0} backwards"),
    ("l", "{0}[{k}:]", "{0} without its first {k} members"),
    ("l", "{0}[:{k}]", "the first {k} members of {0}"),
    ("l", "sorted({0})", "{0} in ascending order"),
    ("ln", "{0} + [{1}]", "{0} with {1} at its end"),
    ("ln", "[{1}] + {0}", "{0} with {1} before it"),
    ("ll", "{0} + {1}", "{0} followed by {1}"),
)
LOOPS = _all(
    "list",
    ("l", "[v + {c} for v in {0}]", "{0} with {c} added to each member"),
    ("ln", "[v + {1} for v in {0}]", "{0} with {1} added to each member"),
    ("ln", "[{1} - v for v in {0}]", "{1} minus each member of {0}"),
    ("l", "[v * {c} for v in {0}]", "{0} with each member multiplied by {c}"),
    ("l", "[v for v in {0} if v > {c}]", "the members of {0} that are more than {c}"),
    ("l", "[v for v in {0} if v % 2 == 0]", "the even members of {0}"),
    ("ln", "[max(v, {1}) for v in {0}]", "{0} with {1} in the place of each smaller member"),
)
LIST_NUMBERS = _all(
    "number",
    ("l", "len({0})", "the length of {0}"),
    ("l", "sum({0})", "the sum of {0}"),
    ("l", "max({0})", "the largest member of {0}"),
    ("l", "min({0})", "the smallest member of {0}"),
    ("l", "{0}[{k}]", "the member of {0} at place {k}"),
    ("l", "{0}[-1]", "the last member of {0}"),
    ("l", "{0}.count({c})", "how often {c} is in {0}"),
)
CHOICES = _all(
    "number",
    ("nn", "{0} if {0} > {1} else {1}", "{0} if it is more than {1}, else {1}"),
    ("n", "{0} + {c} if {0} % 2 == 0 else {0}", "{0} plus {c} if {0} is even, else {0}"),
    ("nn", "{1} - {0} if {1} > {0} else 0", "{1} minus {0} if that is more than 0, else 0"),
    ("n", "{0} // 2 if {0} > {c} else {0} * 2", "half of {0} if it is more than {c}, else twice {0}"),
)
