"""Rows of a CSV or TSV file: UTF-8, a header line, quoted cells that may hold commas, quotes and line ends (RFC 4180).

Every cell is a text: `12` stays `12` until a checker reads it. A row of too many or too few cells is told with its line
and column. Quotes that do not match end the reading, because nobody can say where the next row begins.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from reasoner.data.row import Row, checked
from reasoner.errors import DataError

DELIMITERS = {".csv": ",", ".tsv": "\t"}
"""By the end of the file's name, in small letters."""
LONGEST_LINE = 16 * 2**20
"""Bytes."""
_MARK = b"\xef\xbb\xbf"
_ENDED = "; the file is not read any further"


class _LineRefused(Exception):
    """A line that is no text."""


class _Lines:
    """The lines of a file as text, counted; `csv` asks for several where a cell has line ends."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline(LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > LONGEST_LINE:
            raise _LineRefused(f"given a line of more than {LONGEST_LINE} bytes, expected cells")
        try:
            return line.removeprefix(_MARK if self.number == 1 else b"").decode("utf-8")
        except UnicodeDecodeError as error:
            given = line[error.start : error.start + 1]
            raise _LineRefused(f"given the byte {given!r}, expected UTF-8; convert the file") from error


def read_csv(path: Path, file: BinaryIO) -> Iterator[Row]:
    """The rows of an open file, each a text by column.

    Raises:
        DataError: the header cannot be used.
    """
    lines = _Lines(file)
    cells = csv.reader(lines, delimiter=DELIMITERS[path.suffix.lower()], strict=True)
    names = _header(path, lines, cells)
    begin = lines.number + 1
    try:
        for row in cells:
            if row:
                yield _row(begin, names, row)
            begin = lines.number + 1
    except _LineRefused as refused:
        yield Row(lines.number, fault=f"{refused}{_ENDED}")
    except csv.Error as error:
        yield Row(begin, fault=f"{_unmatched(error, lines.number)}{_ENDED}")


def _header(path: Path, lines: _Lines, cells: Iterator[list[str]]) -> list[str]:
    try:
        names = [name.strip() for name in next(filter(None, cells), [])]
    except (_LineRefused, csv.Error) as error:
        why = _unmatched(error, lines.number) if isinstance(error, csv.Error) else str(error)
        raise DataError(f"{path}, line {max(1, lines.number)}, the header: {why}") from error
    if names and names[0].startswith(("{", "[")):
        given = f"{names[0]!r:.60}"
        raise DataError(
            f"{path}, line {lines.number}: given {given}, expected a header line; rename JSON lines to .jsonl"
        )
    if len(names) == 1 and any(sign in names[0] for sign in ";\t|"):
        raise DataError(
            f"{path}, line {lines.number}: given {names[0]!r:.60}, expected columns with commas between them (tabs "
            "in a .tsv file); convert or rename it"
        )
    for at, name in enumerate(names):
        if name in names[:at]:
            raise DataError(
                f"{path}, line {lines.number}: the columns {names.index(name) + 1} and {at + 1} are both called "
                f"{name!r:.60}, expected names of their own; rename one"
            )
    return names


def _row(line: int, names: Sequence[str], cells: list[str]) -> Row:
    if len(cells) == len(names):
        return checked(Row(line, dict(zip(names, cells, strict=True))))
    expected = f"expected {len(names)}, one for each column of the header"
    if len(cells) < len(names):
        missing = names[len(cells)]
        return Row(line, fault=f"field {missing!r:.60}: given nothing (the row has {len(cells)} cells), {expected}")
    surplus = cells[len(names)]
    return Row(
        line,
        fault=f"cell {len(names) + 1}: given {surplus!r:.60} (the row has {len(cells)} cells), {expected}; quote a "
        "cell that holds the delimiter",
    )


def _unmatched(error: csv.Error, line: int) -> str:
    """What `csv` says, with the line where it noticed."""
    why = str(error)
    if "field larger" in why:
        most = csv.field_size_limit()
        return f"given a cell of more than {most} characters (to line {line}), expected a closing quote"
    if "unexpected end" in why:
        return "given a quoted cell that never ends, expected a closing quote"
    if "new-line" in why:
        return "given line ends of a carriage return alone, expected line feeds; convert the file"
    return f"given quotes that do not match (noticed in line {line}: {why}), expected a quote within a cell as two"
