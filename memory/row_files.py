"""Files of rows as `memory export` writes them, read back one row at a time: JSON lines or Parquet.

A row that cannot be read is a finding about that row, never the end of the file.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from memory.parquet import count_parquet, read_parquet
from reasoner.errors import DataError
from reasoner.types.example import Example, Source
from reasoner.types.record import Record

ANSWERS = ("answer:", "####")
"""How the last line of a completion begins: in exported rows, and in the training rows of a run."""

_MAGIC = b"PAR1"
_SOURCES: tuple[Source, ...] = ("teacher_solution", "teacher_problem", "self", "practice")


class FileIdentity(Record):
    """Which file it is."""

    name: str
    sha256: str
    """Hex, of its bytes."""
    rows: int


class GivenRow(Record):
    """What one row says; nothing of it is believed yet."""

    line: int
    """Counted from 1; of a Parquet file, the row."""
    id: str | None = None
    question: str = ""
    steps: tuple[str, ...] = ()
    answer: str = ""
    domain: str | None = None
    source: Source = "teacher_solution"
    teacher: str | None = None
    license: str | None = None
    record: Example | None = None
    """All that was known, in the form `records`."""
    fault: str = ""
    """Why it cannot be read; empty if it can."""


def identify(path: Path) -> FileIdentity:
    """Reads the file once through.

    Raises:
        DataError: it cannot be read.
        UsageError: it is Parquet and pyarrow is not installed.
    """
    digest, lines = hashlib.sha256(), 0
    with _opened(path) as file:
        is_parquet = file.read(len(_MAGIC)) == _MAGIC
        file.seek(0)
        for line in file:
            digest.update(line)
            lines += bool(line.strip())
    return FileIdentity(name=path.name, sha256=digest.hexdigest(), rows=count_parquet(path) if is_parquet else lines)


def read_given(path: Path) -> Iterator[GivenRow]:
    """The rows of a file, in their order.

    Raises:
        DataError: it cannot be read, or is a damaged Parquet file.
        UsageError: it is Parquet and pyarrow is not installed.
    """
    with _opened(path) as file:
        if file.read(len(_MAGIC)) == _MAGIC:
            for number, row in enumerate(read_parquet(path), start=1):
                yield _given(number, row)
            return
        file.seek(0)
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _from_line(number, line)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); expected JSON lines or Parquet") from error


def _from_line(number: int, line: bytes) -> GivenRow:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return GivenRow(line=number, fault=f"not JSON: {error}")
    return _given(number, row) if isinstance(row, dict) else GivenRow(line=number, fault="not a JSON object")


def _given(number: int, row: dict[str, Any]) -> GivenRow:
    if "problem" in row:
        return _from_record(number, row)
    if "messages" in row:
        return _from_messages(number, row)
    if "prompt" in row and "completion" in row:
        return _from_texts(number, row, row["prompt"], row["completion"])
    fields = ", ".join(sorted(row)) or "none"
    return GivenRow(line=number, fault=f"fields {fields:.80}; expected prompt and completion, messages, or a record")


def _from_record(number: int, row: dict[str, Any]) -> GivenRow:
    try:
        example = Example.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return GivenRow(line=number, fault=f"{where}: {first['msg']}")
    problem = example.problem
    return GivenRow(
        line=number,
        question=problem.question,
        steps=problem.steps,
        answer=problem.answer,
        domain=problem.domain,
        source=example.source,
        teacher=example.teacher,
        license=problem.provenance.license,
        record=example,
    )


def _from_messages(number: int, row: dict[str, Any]) -> GivenRow:
    turns = row["messages"]
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        return GivenRow(line=number, fault="messages: not a list of turns")
    said = [turn for turn in turns if turn.get("role") != "system"]
    if [turn.get("role") for turn in said] != ["user", "assistant"]:
        return GivenRow(line=number, fault="messages: expected one turn of the user and one of the assistant")
    return _from_texts(number, row, said[0].get("content"), said[1].get("content"))


def _from_texts(number: int, row: dict[str, Any], question: Any, completion: Any) -> GivenRow:
    """Of TRL's forms. Other people's columns are theirs; only ours are looked at."""
    if not isinstance(question, str) or not isinstance(completion, str):
        return GivenRow(line=number, fault="question and completion: expected two texts")
    *steps, last = [line.strip() for line in completion.split("\n") if line.strip()] or [""]
    begins = next((word for word in ANSWERS if last.startswith(word)), None)
    if begins is None:
        return GivenRow(line=number, fault=f"completion: its last line is {last!r:.60}, expected 'answer: ...'")
    source = row.get("source")
    return GivenRow(
        line=number,
        question=question,
        id=_text(row, "id"),
        steps=tuple(steps),
        answer=last.removeprefix(begins).strip(),
        domain=_text(row, "domain"),
        source=source if source in _SOURCES else "teacher_solution",
        teacher=_text(row, "teacher"),
        license=_text(row, "license"),
    )


def _text(row: dict[str, Any], name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) and value else None
