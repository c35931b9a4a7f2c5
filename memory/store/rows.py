"""How many rows go into one statement; databases limit the number of parameters."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

BATCH = 500


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items in runs of at most 500."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
