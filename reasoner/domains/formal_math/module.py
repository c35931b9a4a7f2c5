"""One kind of question: how it is worded, drawn, read from its words again, and worked.

A question is a wording whose fields are filled in; read backwards, the wording gives the fields. The work sees the
fields alone, so the generator, the built-in expert and `solve` work a question in one and the same way, from its text.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

MOST_STEPS = 9
"""Of a worked solution; longer ones are not drawn."""
_TRIES = 300
_FIELD = re.compile(r"\{(\w+):(\w+)\}")
_PATTERNS = {
    "number": r"-?\d+(?:\.\d+|/\d+)?",
    "whole": r"\d+",
    "expression": r"[-0-9a-z+*/(). ]*[0-9a-z)]",
    "list": r"-?\d+(?:\.\d+|/\d+)?(?:, -?\d+(?:\.\d+|/\d+)?)+",
    "letter": r"[a-z]",
    "word": r"[a-z]+",
    "time": r"\d{1,2}:\d\d [AP]M",
}
Fields = dict[str, str]


class CannotWork(ValueError):
    """A question that has the module's words and no answer of its kind."""


@dataclass(frozen=True)
class Scale:
    """How hard a problem is drawn."""

    level: int
    """1 to 4."""
    larger: bool = False
    """Numbers ten times as large."""

    @property
    def most(self) -> int:
        """Largest number in a question."""
        return (20, 60, 200, 900)[self.level - 1] * (10 if self.larger else 1)


@dataclass(frozen=True)
class Wording:
    """A sentence with fields, as `What is {a:number} + {b:number}?`, and what its words say of themselves."""

    text: str
    says: Mapping[str, str] = field(default_factory=dict)

    def filled(self, fields: Fields) -> str:
        """The question."""
        return _FIELD.sub(lambda match: fields[match[1]], self.text)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What reads it."""
        parts, at = list[str](), 0
        for match in _FIELD.finditer(self.text):
            parts += [re.escape(self.text[at : match.start()]), f"(?P<{match[1]}>{_PATTERNS[match[2]]})"]
            at = match.end()
        return re.compile("".join([*parts, re.escape(self.text[at:])]))

    def read(self, question: str) -> Fields | None:
        """The fields of a question in these words; None of any other."""
        match = self.pattern.fullmatch(question)
        return {**match.groupdict(), **self.says} if match else None


@dataclass(frozen=True)
class Module:
    """A kind of question.

    `work` gives the steps; the last one is the answer, or an equation whose right side is.
    """

    name: str
    wordings: tuple[Wording, ...]
    draw: Callable[[Random, Scale], Fields]
    work: Callable[[Fields], list[str]]
    symmetric: bool = False
    """Whether the order of its fields does not matter."""

    @property
    def area(self) -> str:
        """`numbers` of `numbers__gcd`."""
        return self.name.partition("__")[0]

    def problem(self, rng: Random, scale: Scale) -> tuple[str, list[str]]:
        """A question with its steps.

        Raises:
            ValueError: none was found among a few hundred draws.
        """
        for _ in range(_TRIES):
            fields = self.draw(rng, scale)
            fitting = [w for w in self.wordings if all(fields.get(name) == value for name, value in w.says.items())]
            question = rng.choice(fitting).filled(fields)
            try:
                steps = self.work(fields)
            except (CannotWork, ZeroDivisionError):
                continue
            if len(steps) <= MOST_STEPS:
                return question, steps
        raise ValueError(f"{self.name}: no problem of level {scale.level} was found")

    def read(self, question: str) -> Fields | None:
        """The fields of a question of this kind; None of any other."""
        return next((fields for w in self.wordings if (fields := w.read(question)) is not None), None)

    def exercise(self, fields: Fields) -> tuple[str, ...]:
        """What makes two of its questions the same exercise, whatever their wording."""
        values = [f"{name}={value}" for name, value in sorted(fields.items())]
        return (self.name, *(sorted(fields.values()) if self.symmetric else values))


def answer_of(steps: list[str] | tuple[str, ...]) -> str:
    """The right side of the last step, or the whole step where it is no equation."""
    return steps[-1].rpartition("=")[2].strip() if steps else ""
