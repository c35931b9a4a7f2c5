"""Questions of a file or of standard input: one a line as it stands, or JSONL rows with a `question`."""

import json
from pathlib import Path
from typing import BinaryIO

from reasoner.errors import DataError, UsageError


def read_question_file(path: Path) -> list[str]:
    """Its questions, in order.

    Raises:
        UsageError: the file cannot be read.
        DataError: it is not UTF-8, holds no question, or a row has none; names the line.
    """
    try:
        with path.open("rb") as stream:
            return read_questions(stream, str(path))
    except OSError as error:
        raise UsageError(
            f"{str(path)!r} cannot be read ({error.strerror or error}); name a file of questions"
        ) from error


def read_questions(stream: BinaryIO, name: str) -> list[str]:
    """The same of an open stream; `name` stands in messages."""
    try:
        text = stream.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{name}: byte {error.start} is not UTF-8; save the questions as UTF-8 text") from error
    # Only line ends: a question may hold characters that `splitlines` takes for some.
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        raise DataError(f"{name}: no question; expected one a line, or JSONL rows with a `question`")
    as_rows = lines[0][1].startswith("{")
    return [_question(line, f"{name}, line {number}") if as_rows else line for number, line in lines]


def _question(line: str, place: str) -> str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{place}: expected a JSON object, got {line[:80]!r}") from error
    question = row.get("question") if isinstance(row, dict) else None
    if not isinstance(question, str) or not question.strip():
        raise DataError(f"{place}: expected a JSON object with a text `question`, got {line[:80]!r}")
    try:
        question.encode()
    except UnicodeEncodeError as error:
        raise DataError(f"{place}: `question` holds half a character ({line[:80]!r}); write whole ones") from error
    return question.strip()
