"""How wide things may be: the console, and the columns of a table that must stay whole."""

import os
from collections.abc import Iterator
from typing import TextIO

from rich.cells import cell_len
from rich.table import Column, Table
from rich.text import Text

WIDE = 160
"""Columns where there is no terminal to ask: nobody's tables are cut in a pipe."""
NARROWEST = 20
WIDEST = 1000
"""`COLUMNS` outside of these is a mistake, not a terminal, and is not followed."""

SHORT = 12
"""Characters of a word that is not broken; longer ones, such as paths, may be."""
GAP = 1
"""Blanks between the columns of our tables."""

ID_COLUMNS = frozenset(
    ("run", "checkpoint", "job", "candidate", "champion", "proposal", "fingerprint", "parent", "from", "night", "key")
)
"""Headers of the columns that hold ids: people copy those, and a broken one is none."""


def console_width(stream: TextIO) -> int | None:
    """What `COLUMNS` says; else None on a terminal, which is asked, and `WIDE` in a pipe or a file."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isascii() and asked.isdigit() and NARROWEST <= int(asked[:5]) <= WIDEST:
        return int(asked)
    return None if stream.isatty() else WIDE


def keep_whole(table: Table, width: int) -> None:
    """Lets the other columns give way: an id is never wrapped, nor is a short word anywhere.

    A table that is wider than the console even so stays whole: a terminal continues it in the next line.
    """
    for column in table.columns:
        is_of_ids = str(column.header) in ID_COLUMNS
        column.no_wrap = is_of_ids or column.no_wrap
        column.min_width = max(_least(column, is_of_ids), default=1)
    least = sum((column.min_width or 1) + GAP for column in table.columns) - GAP
    if least > width:
        table.width = least


def _least(column: Column, is_of_ids: bool) -> Iterator[int]:
    """Widths below which something would be broken that must not be."""
    yield from (cell_len(word) for word in str(column.header).split())
    for cell in column.cells:
        if isinstance(cell, str | Text):
            pieces = str(cell).splitlines() if is_of_ids else str(cell).split()
            yield from (w for w in map(cell_len, pieces) if is_of_ids or w <= SHORT)
