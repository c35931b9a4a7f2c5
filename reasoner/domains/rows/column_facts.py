"""What a column of some rows holds, counted: the ground on which a task file is proposed."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reasoner.domains.rows.turns import is_dialogue

Kind = Literal["text", "number", "truth", "list", "object", "turns", "nothing"]
NEARLY_ALL = 0.95
"""Share of the filled rows of a column from which on all are spoken of."""
_WORDS: dict[Kind, str] = {
    "text": "texts",
    "number": "numbers",
    "truth": "true or false",
    "list": "lists",
    "object": "objects",
    "turns": "turns of a chat",
    "nothing": "nothing",
}


@dataclass(frozen=True)
class Column:
    """One column of the rows that were looked at."""

    name: str
    rows: int
    """That were looked at."""
    kind: Kind
    """Of nearly all values; `nothing` where they are mixed or missing."""
    filled: int
    """Rows with something in it."""
    distinct: int
    length: float
    """Mean characters of a value, written as text."""
    counts: Counter[str]
    """How often each value occurs, written as text."""

    @property
    def words(self) -> str:
        """What it holds, for a reason."""
        about = f", {self.length:.0f} characters on average" if self.kind == "text" else ""
        return f"{self.filled} of {self.rows} rows have {_WORDS[self.kind]}, {self.distinct} different{about}"

    @property
    def is_full(self) -> bool:
        """Whether every row has something in it."""
        return self.filled == self.rows

    @property
    def is_nearly_unique(self) -> bool:
        """Whether hardly a value occurs twice."""
        return self.filled > 0 and self.distinct >= 0.9 * self.filled

    @property
    def is_repeated(self) -> bool:
        """Whether it has at least two values, and nearly each of them occurs twice or more."""
        again = sum(count > 1 for count in self.counts.values())
        return self.distinct > 1 and again >= 0.9 * self.distinct


def columns_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, Column]:
    """The columns of some rows by name, in the order in which they occur."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: _column(name, [row.get(name) for row in rows]) for name in names}


def kind_of(value: object) -> Kind:
    """What one value is; a blank text is nothing."""
    if isinstance(value, str):
        return "text" if value.strip() else "nothing"
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, list):
        return "turns" if is_dialogue(value) else "list"
    return "object" if isinstance(value, dict) else "nothing"


def as_text(value: object) -> str:
    """A value as a text by which values are compared."""
    return value.strip() if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def _column(name: str, values: Sequence[Any]) -> Column:
    kinds: Counter[Kind] = Counter(kind_of(value) for value in values)
    texts = [as_text(value) for value in values if kind_of(value) != "nothing"]
    counts = Counter(texts)
    del kinds["nothing"]
    [(kind, most)] = kinds.most_common(1) or [("nothing", 0)]
    return Column(
        name=name,
        rows=len(values),
        kind=kind if texts and most >= NEARLY_ALL * len(texts) else "nothing",
        filled=len(texts),
        distinct=len(counts),
        length=sum(map(len, texts)) / max(1, len(texts)),
        counts=counts,
    )
