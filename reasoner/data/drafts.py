"""A row of a user's file while it is being read, and what a format makes of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

from reasoner.errors import DataError

UNKNOWN_LICENSE = "unknown"


@dataclass(frozen=True)
class Row:
    """One object of a file."""

    path: Path
    line: int
    """Counted from 1: of the line, or of the object in a JSON list."""
    fields: dict[str, Any]
    unit: Literal["line", "row"] = "line"

    def fail(self, field: str, expected: str) -> NoReturn:
        """Raises the error of a field that is missing or wrong."""
        given = f"{self.fields[field]!r:.80}" if field in self.fields else "nothing"
        raise DataError(f"{self.path}, {self.unit} {self.line}, field {field!r}: given {given}, expected {expected}")

    def text(self, field: str, expected: str) -> str:
        """A field that must be a text with something in it."""
        value = self.fields.get(field)
        if not isinstance(value, str) or not value.strip():
            self.fail(field, expected)
        return value.strip()


@dataclass(frozen=True)
class Draft:
    """What a format makes of a row."""

    id: str | None
    question: str
    answer: str
    steps: tuple[str, ...]
    skill: str
    difficulty: int
    license: str
