"""One row of a user's file, and what no row may hold, whatever the rows mean and however the file is written."""

import math
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

LONGEST_TEXT = 100_000
"""Characters of one text in a row."""


class RowFault(Exception):
    """Why a row cannot be used: what was given, what was expected."""


@dataclass(frozen=True)
class Row:
    """One object of a file, or why there is none."""

    line: int
    """Counted from 1: of the line, or of the object in a list or a Parquet file."""
    fields: dict[str, Any] = field(default_factory=dict)
    unit: Literal["line", "row"] = "line"
    fault: str = ""
    """Empty where the fields can be looked at."""

    def fail(self, name: str, expected: str) -> NoReturn:
        """Raises the fault of a field that is missing or wrong."""
        given = f"{self.fields[name]!r:.80}" if name in self.fields else "nothing"
        raise RowFault(f"field {name!r}: given {given}, expected {expected}")

    def text(self, name: str, expected: str) -> str:
        """A field that must be a text with something in it."""
        value = self.fields.get(name)
        if not isinstance(value, str) or not value.strip():
            self.fail(name, expected)
        return value.strip()

    def if_text(self, name: str, expected: str) -> str:
        """The same of a field that need not be there; empty if it is not, or None."""
        return "" if self.fields.get(name) is None else self.text(name, expected)


def checked(row: Row) -> Row:
    """The row, or its fault if something in it is no text that can be kept, or no number."""
    for name, value in row.fields.items():
        if fault := _fault_of_text(name) or _fault_within(value):
            given, expected = fault
            shown = name.encode("ascii", "backslashreplace").decode()
            return Row(row.line, unit=row.unit, fault=f"field {shown!r:.60}: given {given}, expected {expected}")
    return row


def _fault_within(value: Any) -> tuple[str, str] | None:
    """What is given and what is expected, of the first fault in a field."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and (fault := _fault_of_text(one)):
            return fault
        if isinstance(one, float) and not math.isfinite(one):
            return f"{one}", "a number that is finite"
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
    return None


def _fault_of_text(text: str) -> tuple[str, str] | None:
    if len(text) > LONGEST_TEXT:
        return f"{len(text)} characters", f"at most {LONGEST_TEXT}"
    if not text.isprintable():
        for character in text:
            if "\ud800" <= character <= "\udfff":
                return f"half a character ({character!a})", "a text (a pair of surrogates was cut)"
            if (character < " " and character not in "\t\n\r") or character == "\x7f":
                return f"the control character {character!a}", "a text"
    return None
