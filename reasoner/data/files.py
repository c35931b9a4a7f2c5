"""Problems from a file: GSM8K's JSONL, ProsQA's JSON list, or the plain JSONL of `docs/data-format.md`.

The first row tells the format. A row that cannot be used raises `DataError` with file, line and field, because a row
left out in silence would change every figure that is reported.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from reasoner.data import prosqa_rows
from reasoner.data.drafts import UNKNOWN_LICENSE, Draft, Row
from reasoner.errors import DataError
from reasoner.types.ports import Domain
from reasoner.types.problem import Problem, Provenance

READER_VERSION = "1"
UNKNOWN_SKILL = "mixed"
"""Skill of a row that does not say one and whose last step shows no single operator."""

_MARK = re.compile(r"<<([^<>]*)>>")
_FINAL = "####"
_SKILL_OF_OPERATOR = {"+": "add", "-": "take_away", "*": "times", "/": "share"}
_BINARY = re.compile(r"(?<=[0-9.)])\s*([+\-*/])")
_PLAIN_FIELDS = ("question", "answer", "steps", "skill", "difficulty", "id", "license")


def read_problems(path: Path, domain: Domain) -> list[Problem]:
    """All problems of a file, in the order of its lines.

    Args:
        path: JSONL in UTF-8, with or without a byte order mark; blank lines are skipped.
        domain: judges whether an answer can be checked, and hashes structures.

    Raises:
        DataError: the file cannot be read, holds no rows, or has a bad row; the message names file, line and field.
    """
    raw = _bytes(path)
    sha256 = hashlib.sha256(raw).hexdigest()
    rows = list(_rows(path, raw))
    if not rows:
        raise DataError(f"{path}: no rows in it; expected one JSON object a line (see docs/data-format.md)")
    draft = _format(rows[0], domain)
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    for row in rows:
        problem = _problem(row, draft(row), domain, sha256)
        if problem.id in lines:
            row.fail("id", f"an id of its own; {row.unit} {lines[problem.id]} has {problem.id!r} already")
        lines[problem.id] = row.line
        problems.append(problem)
    return problems


def read_rows(path: Path) -> list[Row]:
    """All objects of a JSONL file or a JSON list.

    Raises:
        DataError: the file cannot be read, or a line is no object.
    """
    return list(_rows(path, _bytes(path)))


def marked_steps(solution: str) -> tuple[str, ...]:
    """The calculations that a GSM8K solution marks, but for marks such as `<<12=12>>` that only repeat a number."""
    return tuple(mark for mark in _MARK.findall(solution) if _operators(mark))


def _format(first: Row, domain: Domain) -> Callable[[Row], Draft]:
    """How the rows of a file are read."""
    if domain.name == prosqa_rows.NAME:
        return prosqa_rows.draft
    return _gsm8k if _FINAL in str(first.fields.get("answer", "")) else _plain


def is_worked(problem: Problem, domain: Domain) -> bool:
    """Whether the problem's own steps may teach: there are some, each holds, and they end in the answer."""
    verdicts = domain.judge_steps(problem.question, problem.steps)
    if not verdicts or not all(verdict.holds for verdict in verdicts):
        return False
    return domain.check(problem, domain.answer_of(problem.steps)) == "right"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); expected a JSONL file") from error


def _rows(path: Path, raw: bytes) -> Iterator[Row]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        given = raw[error.start : error.start + 1]
        raise DataError(f"{path}, line {line}: given the byte {given!r}, expected UTF-8; convert the file") from error
    if text.lstrip().startswith("["):
        yield from _listed(path, text)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}, line {number}: given {line!r:.80}, expected a JSON object ({error})") from error
        if not isinstance(fields, dict):
            raise DataError(f"{path}, line {number}: given {line!r:.80}, expected a JSON object with 'question'")
        yield Row(path, number, fields)


def _listed(path: Path, text: str) -> Iterator[Row]:
    """The objects of a JSON list."""
    try:
        objects = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: given a text that begins with '[', expected a JSON list ({error})") from error
    for number, fields in enumerate(objects, start=1):
        if not isinstance(fields, dict):
            raise DataError(f"{path}, row {number}: given {fields!r:.80}, expected a JSON object with 'question'")
        yield Row(path, number, fields, unit="row")


def _gsm8k(row: Row) -> Draft:
    """A row of GSM8K: marks that compute something are the steps; a mark such as `<<12=12>>` only repeats a number."""
    solution = row.text("answer", f"a solution that ends with '{_FINAL} NUMBER'")
    worked, final, answer = solution.rpartition(_FINAL)
    if not final or not answer.strip():
        row.fail("answer", f"a solution that ends with '{_FINAL} NUMBER'")
    steps = marked_steps(worked)
    question = row.text("question", "the text of the problem")
    return Draft(None, question, answer.strip(), steps, _skill(steps), max(1, len(steps)), UNKNOWN_LICENSE)


def _plain(row: Row) -> Draft:
    """A row of the plain format."""
    for field in row.fields:
        if field not in _PLAIN_FIELDS:
            row.fail(field, f"one of the fields {', '.join(_PLAIN_FIELDS)}")
    steps = _steps(row)
    difficulty = row.fields.get("difficulty", max(1, len(steps)))
    if isinstance(difficulty, bool) or not isinstance(difficulty, int) or difficulty < 1:
        row.fail("difficulty", "a whole number of steps, 1 or more")
    return Draft(
        id=row.text("id", "a text that names the row") if "id" in row.fields else None,
        question=row.text("question", "the text of the problem"),
        answer=_answer(row),
        steps=steps,
        skill=row.text("skill", "the name of a skill") if "skill" in row.fields else _skill(steps),
        difficulty=difficulty,
        license=row.text("license", "the name of a licence") if "license" in row.fields else UNKNOWN_LICENSE,
    )


def _steps(row: Row) -> tuple[str, ...]:
    steps = row.fields.get("steps", [])
    if not isinstance(steps, list) or not all(isinstance(step, str) and step.strip() for step in steps):
        row.fail("steps", "a list of equations such as ['12+7=19', '19*2=38']")
    return tuple(step.strip() for step in steps)


def _answer(row: Row) -> str:
    answer = row.fields.get("answer")
    if isinstance(answer, str):
        return answer.strip()
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        row.fail("answer", "a number, or a text with one")
    return str(answer)


def _operators(step: str) -> list[str]:
    """Binary operators of the left side, in the order of the text."""
    return _BINARY.findall(step.rpartition("=")[0])


def _skill(steps: tuple[str, ...]) -> str:
    """The skill of the last step's operator; `mixed` where it has several different ones or none."""
    operators = set(_operators(steps[-1])) if steps else set()
    return _SKILL_OF_OPERATOR[operators.pop()] if len(operators) == 1 else UNKNOWN_SKILL


def _problem(row: Row, draft: Draft, domain: Domain, sha256: str) -> Problem:
    problem = Problem(
        id=draft.id or f"{row.path.stem}-{row.line}",
        domain=domain.name,
        skill=draft.skill,
        difficulty=draft.difficulty,
        question=draft.question,
        steps=draft.steps,
        answer=draft.answer,
        structure=domain.structure(draft.question, draft.steps),
        provenance=Provenance(
            generator=f"file:{row.path.name}",
            version=READER_VERSION,
            seed=0,
            parameters={"sha256": sha256, "line": row.line},
            license=draft.license,
        ),
    )
    if domain.check(problem, problem.answer) != "right":
        row.fail("answer", f"a number that the domain {domain.name!r} can check; it read {draft.answer!r}")
    return problem
