"""Files of rows, whatever the rows mean: JSON lines, a JSON list, CSV, TSV, Parquet, or pairs of lines (`.txt`).

A file that is none of these is refused with its name. A row that cannot be used is told as such, and the rows after it
are still read: whoever asks decides whether one bad row is the end of the file.
"""

import hashlib
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal

from reasoner.data.csv_rows import DELIMITERS, LONGEST_LINE, read_csv
from reasoner.data.pairs import SUFFIX, read_pairs
from reasoner.data.parquet import count_parquet, read_parquet
from reasoner.data.row import Row, checked
from reasoner.errors import DataError

_PARQUET = b"PAR1"
_FOREIGN = {
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"\x1f\x8b": "data compressed by gzip",
    b"PK\x03\x04": "a zip archive",
    b"BZh": "data compressed by bzip2",
    b"\xfd7zXZ": "data compressed by xz",
    b"\x28\xb5\x2f\xfd": "data compressed by zstd",
}
_CONVERT = "expected JSON lines, a JSON list or CSV in UTF-8, or Parquet; convert or unpack it first"
_MARK = b"\xef\xbb\xbf"
_KINDS = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))


class RowFile:
    """A file that has been looked through once.

    Raises:
        DataError: it cannot be read, is no file of rows, or holds none.
        UsageError: it is Parquet and pyarrow is not installed.
    """

    license = ""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _opened(path) as file:
            beginning = file.read(4096)
            _refuse_foreign(path, beginning)
            self._kind = _kind(path, beginning)
            file.seek(0)
            digest, lines = hashlib.sha256(), 0
            while block := file.read(2**20):
                digest.update(block)
                lines += block.count(b"\n")
        self.sha256 = digest.hexdigest()
        self.most = count_parquet(path) if self._kind == "parquet" else lines + 1
        """Rows at most: of JSON lines, blank ones count."""
        if not beginning.removeprefix(_MARK).strip():
            raise no_rows(path)

    def __iter__(self) -> Iterator[Row]:
        if self._kind == "parquet":
            for number, fields in enumerate(read_parquet(self.path), start=1):
                yield checked(Row(number, fields, unit="row"))
            return
        with _opened(self.path) as file:
            if self._kind in ("csv", "pairs"):
                yield from (read_csv if self._kind == "csv" else read_pairs)(self.path, file)
            else:
                yield from _listed(self.path, file.read()) if self._kind == "list" else _lines(file)

    def where(self, row: Row, fault: str) -> str:
        """A row's fault with the place where it stands."""
        return f"{self.path}, {row.unit} {row.line}{', ' if fault.startswith('field ') else ': '}{fault}"


def no_rows(path: Path) -> DataError:
    """The error of a file without rows."""
    return DataError(
        f"{path}: no rows in it; expected one JSON object a line, or a header and rows (see docs/data-format.md)"
    )


def _opened(path: Path) -> BinaryIO:
    try:
        mode = path.stat().st_mode
        found = next((name for is_one, name in _KINDS if is_one(mode)), "" if stat.S_ISREG(mode) else "a device")
        if found:
            raise DataError(f"{path}: cannot be read: given {found}, expected a file of rows")
        return path.open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{str(path)!r:.200}: cannot be read ({reason}); expected a file of rows") from error


def _refuse_foreign(path: Path, beginning: bytes) -> None:
    for magic, name in _FOREIGN.items():
        if beginning.startswith(magic):
            raise DataError(f"{path}: given {name}, {_CONVERT}")
    if b"\0" in beginning and not beginning.startswith(_PARQUET):
        raise DataError(f"{path}: given binary data or UTF-16 text (it holds NUL bytes), {_CONVERT}")


def _kind(path: Path, beginning: bytes) -> Literal["parquet", "csv", "pairs", "list", "lines"]:
    if beginning.startswith(_PARQUET):
        return "parquet"
    if path.suffix.lower() in DELIMITERS:
        return "csv"
    first = beginning.removeprefix(_MARK).lstrip()[:1]
    if path.suffix.lower() == SUFFIX and first not in (b"{", b"["):
        return "pairs"
    return "list" if first == b"[" else "lines"


def _lines(file: BinaryIO) -> Iterator[Row]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST_LINE)
            yield Row(number, fault=f"given a line of more than {LONGEST_LINE} bytes, expected a JSON object")
        elif line.removeprefix(_MARK if number == 1 else b"").strip():
            yield _row(number, line.removeprefix(_MARK))


def _row(number: int, line: bytes) -> Row:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        given = line[error.start : error.start + 1]
        return Row(number, fault=f"given the byte {given!r}, expected UTF-8; convert the file")
    try:
        found = json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        return Row(number, fault=f"given {text.strip()!r:.80}, expected a JSON object ({error!s:.120})")
    if not isinstance(found, dict):
        return Row(number, fault=f"given {text.strip()!r:.80}, expected a JSON object")
    return checked(Row(number, found))


def _listed(path: Path, raw: bytes) -> Iterator[Row]:
    """The objects of a JSON list."""
    try:
        objects = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        message = f"{path}: given a text that begins with '[', expected a JSON list ({error!s:.120})"
        raise DataError(message) from error
    for number, found in enumerate(objects, start=1):
        if isinstance(found, dict):
            yield checked(Row(number, found, unit="row"))
        else:
            yield Row(number, unit="row", fault=f"given {found!r:.80}, expected a JSON object")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name in found if sum(name == other for other, _ in pairs) > 1)
        raise ValueError(f"the field {twice!r:.40} stands twice")
    return found
