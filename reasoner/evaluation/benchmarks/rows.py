"""From a benchmark's files to items: every bad row is an error with its place, ids do not depend on a row's place."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from reasoner.data.row import Row, RowFault
from reasoner.data.row_files import RowFile, no_rows
from reasoner.errors import DataError
from reasoner.types.benchmark import Item

T = TypeVar("T")


def read_rows(path: Path, make: Callable[[Row], T]) -> list[T]:
    """What `make` gives of each row of a file of JSON lines, a JSON list, CSV or Parquet.

    Raises:
        DataError: with file, line and field of the first row of which it raises RowFault.
    """
    file = RowFile(path)
    found: list[T] = []
    for row in file:
        try:
            if row.fault:
                raise RowFault(row.fault)
            found.append(make(row))
        except RowFault as fault:
            raise DataError(file.where(row, str(fault))) from fault
    if not found:
        raise no_rows(path)
    return found


def raw_text(row: Row, name: str, expected: str) -> str:
    """A field to the byte, blanks around it included; it must hold something."""
    row.text(name, expected)
    return row.fields[name]


def texts(row: Row, name: str, expected: str) -> list[str]:
    """A field that must be a list of texts, none of them empty."""
    value = row.fields.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(one, str) and one.strip() for one in value):
        row.fail(name, expected)
    return value


def read_json(path: Path, expected: str) -> Any:
    """A file that is one JSON value. Raises DataError."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); expected {expected}") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: given no JSON ({error!s:.120}), expected {expected}") from error


def in_folder(path: Path, names: Iterable[str]) -> Path:
    """The file itself; of a folder, the first of `names` that lies in it. Raises DataError."""
    if not path.is_dir():
        return path
    wanted = tuple(names)
    found = next((path / name for name in wanted if (path / name).is_file()), None)
    if found is None:
        raise DataError(f"{path}: given a folder without {' or '.join(wanted)}; name the file itself")
    return found


def beside(path: Path, names: Sequence[str], *, shots: int) -> Path:
    """The file with the examples before each question: one of `names` in the folder of `path`. Raises DataError."""
    folder = path if path.is_dir() else path.parent
    found = next((folder / name for name in names if (folder / name).is_file()), None)
    if found is None:
        raise DataError(
            f"{folder}: given no {' or '.join(names)}, expected one, of which the {shots} examples before each "
            "question are taken; put it there, or ask without examples: --shots 0"
        )
    return found


def text_id(*parts: str) -> str:
    """16 hex digits of texts: an item's id where its row has none."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def with_own_ids(items: Sequence[Item]) -> list[Item]:
    """Rows that stand twice get `-2`, `-3` behind their id."""
    seen: Counter[str] = Counter()
    made: list[Item] = []
    for item in items:
        seen[item.id] += 1
        count = seen[item.id]
        made.append(item if count == 1 else item.model_copy(update={"id": f"{item.id}-{count}"}))
    return made
