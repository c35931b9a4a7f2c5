"""Reads JSON and text files that this package has written; a cut, empty or foreign one is named with how to mend it."""

import json
from pathlib import Path
from typing import Any

from reasoner.errors import DamagedError
from reasoner.storage.regular import reading


def read_text(path: Path, *, mend: str) -> str:
    """A UTF-8 file of ours.

    Args:
        path: of the file.
        mend: what to do where it is damaged; ends the error's sentence.

    Raises:
        DamagedError: it is missing, no plain file, or not UTF-8.
    """
    try:
        with reading(path) as file:
            return file.read().decode("utf-8")
    except FileNotFoundError as error:
        raise damaged(path, "is missing", mend) from error
    except UnicodeDecodeError as error:
        raise damaged(path, f"is not UTF-8 from byte {error.start} on", mend) from error


def read_object(path: Path, *, mend: str) -> dict[str, Any]:
    """The object in a JSON file of ours. Arguments and errors as of `read_text`.

    Raises:
        DamagedError: also where it holds anything but one JSON object.
    """
    text = read_text(path, mend=mend)
    value, wrong = parsed(text)
    if wrong:
        raise damaged(path, f"holds no JSON object ({wrong}; {len(text)} characters)", mend)
    return value


def read_number(path: Path, *, mend: str) -> float:
    """The number in a text file of ours. Arguments and errors as of `read_text`."""
    text = read_text(path, mend=mend)
    try:
        return float(text)
    except ValueError as error:
        raise damaged(path, f"holds {text[:40]!r}, a number was expected", mend) from error


def parsed(text: str) -> tuple[dict[str, Any], str]:
    """A JSON object, or what is wrong with the text: `({...}, "")` or `({}, "...")`."""
    if not text.strip():
        return {}, "it is empty"
    try:
        value = json.loads(text)
    except RecursionError:
        return {}, "it is nested too deeply"
    except ValueError as error:
        return {}, str(error)
    if not isinstance(value, dict):
        return {}, f"a {type(value).__name__} was found"
    return value, ""


def damaged(path: Path, wrong: str, mend: str) -> DamagedError:
    """The error of a damaged file."""
    return DamagedError(f"{str(path)!r} {wrong}; {mend}")
