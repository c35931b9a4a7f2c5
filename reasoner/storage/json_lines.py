"""Reads the JSON-lines files that this package has written: one object a line.

A last line without its end was torn by the death of its writer, who writes it again: it is left out. Anything else that
is no object is damage, and named by its line: what was recorded is never skipped in silence.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reasoner.errors import DamagedError
from reasoner.storage.json_files import damaged, parsed
from reasoner.storage.regular import reading

SHOWN = 60
"""Bytes of a damaged line that its error shows."""


def read_lines(path: Path, *, mend: str, key: str = "") -> list[dict[str, Any]]:
    """The objects of a file, in order.

    Args:
        path: of the file.
        mend: what to do where it is damaged; ends the error's sentence.
        key: every object must have it.

    Raises:
        DamagedError: the file is missing or no plain file, or one of its whole lines is no object.
    """
    return [value for _, value in numbered_lines(path, mend=mend, key=key)]


def numbered_lines(path: Path, *, mend: str, key: str = "") -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number, from 1, and object of each line. Arguments and errors as of `read_lines`."""
    try:
        file = reading(path)
    except FileNotFoundError as error:
        raise damaged(path, "is missing", mend) from error
    with file:
        for number, line in enumerate(file, start=1):
            if line.endswith(b"\n") and line.strip():
                yield number, object_of(line, path, f"line {number}", mend=mend, key=key)


def object_of(line: bytes, path: Path, place: str, *, mend: str, key: str = "") -> dict[str, Any]:
    """The object of one line.

    Raises:
        DamagedError: it is none, or lacks the key.
    """
    try:
        value, wrong = parsed(line.decode("utf-8"))
    except UnicodeDecodeError:
        value, wrong = {}, "it is not UTF-8"
    if not wrong and key and key not in value:
        wrong = f"it has no {key!r}"
    if wrong:
        raise bad_line(path, place, line, wrong, mend)
    return value


def bad_line(path: Path, place: str, line: bytes, wrong: str, mend: str) -> DamagedError:
    """The error of a damaged line."""
    shown = line[:SHOWN].decode("utf-8", errors="backslashreplace").rstrip("\n")
    return damaged(path, f"is damaged in {place}: {wrong}, given {shown!r}", mend)
