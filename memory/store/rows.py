"""How rows are written: not too many in one statement, and records as the JSON that pydantic makes of them."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from reasoner.types.record import Record

T = TypeVar("T")

BATCH = 500
"""Databases limit the number of parameters."""


class Written(str):
    """JSON text that goes into a JSON column as it is."""


def written(record: Record) -> Any:
    """A record for a JSON column; twice as quick as by way of a dict."""
    return Written(record.model_dump_json())


def to_json(value: Any) -> str:
    """What an engine writes into a JSON column."""
    return value if isinstance(value, Written) else json.dumps(value)


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items in runs of at most 500."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
