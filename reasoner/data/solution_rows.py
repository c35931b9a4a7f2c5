"""Solutions of others with a flag whether each is right: what a verifier is tried on.

Two forms of a JSONL row, told apart by their fields:

- `{"question": ..., "solutions": [{"steps": [...] or "solution": text, "correct": true}, ...]}`;
- GSM8K's `example_model_solutions.jsonl`: every field that holds `{"solution": text, "is_correct": true}` is one.

In a text the steps are its calculation marks such as `<<48/2=24>>`; a text without marks is read a step a line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reasoner.data.drafts import Row
from reasoner.data.files import marked_steps, read_rows
from reasoner.errors import DataError


@dataclass(frozen=True)
class GivenSolution:
    """One candidate."""

    steps: tuple[str, ...]
    """Empty where the text holds none."""
    correct: bool
    source: str
    """Who wrote it; empty where nobody says."""


@dataclass(frozen=True)
class SolvedQuestion:
    """A question and its candidates, at least one."""

    question: str
    solutions: tuple[GivenSolution, ...]


def read_solutions(path: Path) -> list[SolvedQuestion]:
    """All rows of a file.

    Raises:
        DataError: the file cannot be read, holds no rows, or has a bad row; the message names file, line and field.
    """
    rows = [_question(row) for row in read_rows(path)]
    if not rows:
        raise DataError(f"{path}: no rows in it; expected one JSON object a line with 'question' and 'solutions'")
    return rows


def _question(row: Row) -> SolvedQuestion:
    solutions = tuple(_listed(row) if "solutions" in row.fields else _by_author(row))
    if not solutions:
        row.fail("solutions", "a list of solutions, each with 'steps' or 'solution', and 'correct'")
    return SolvedQuestion(row.text("question", "the text of the problem"), solutions)


def _listed(row: Row) -> Iterator[GivenSolution]:
    given = row.fields["solutions"]
    if not isinstance(given, list):
        row.fail("solutions", "a list of solutions, each with 'steps' or 'solution', and 'correct'")
    for one in given:
        yield _solution(row, "solutions", one, str(one.get("source", "")) if isinstance(one, dict) else "")


def _by_author(row: Row) -> Iterator[GivenSolution]:
    for name, value in row.fields.items():
        if isinstance(value, dict) and "solution" in value:
            yield _solution(row, name, value, name)


def _solution(row: Row, field: str, given: Any, source: str) -> GivenSolution:
    flag = given.get("correct", given.get("is_correct")) if isinstance(given, dict) else None
    if not isinstance(flag, bool):
        row.fail(field, "an object with 'correct' (or 'is_correct'), true or false")
    steps, text = given.get("steps"), given.get("solution")
    if isinstance(steps, list) and all(isinstance(step, str) for step in steps):
        return GivenSolution(tuple(step.strip() for step in steps if step.strip()), flag, source)
    if not isinstance(text, str):
        row.fail(field, "'steps', a list of texts, or 'solution', a text")
    lines = (line.strip() for line in text.splitlines() if not line.strip().startswith("####"))
    return GivenSolution(marked_steps(text) or tuple(line for line in lines if line), flag, source)
