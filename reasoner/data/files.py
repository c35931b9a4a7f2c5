"""Problems, and solutions to judge, from a file in any form of docs/data-format.md.

A row that cannot be used raises `DataError` with file, line and field, because a row left out in silence would change
every figure that is reported.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from reasoner.data import prosqa_rows
from reasoner.data.row_files import Row, RowFault, RowFile, no_rows
from reasoner.data.row_forms import UNKNOWN_LICENSE, GivenRow, operators_of, read_form
from reasoner.errors import DataError
from reasoner.types.ports import Domain
from reasoner.types.problem import Problem, Provenance

T = TypeVar("T")

READER_VERSION = "1"
UNKNOWN_SKILL = "mixed"
"""Skill of a row that does not say one and whose last step shows no single operator."""

_SKILL_OF_OPERATOR = {"+": "add", "-": "take_away", "*": "times", "/": "share"}


def read_problems(path: Path, domain: Domain) -> list[Problem]:
    """All problems of a file, in the order of its rows.

    Args:
        path: JSON lines in UTF-8 (a byte order mark and blank lines do not matter), a JSON list, or Parquet.
        domain: judges whether an answer can be checked, and hashes structures.

    Raises:
        DataError: the file cannot be read, holds no rows, or has a bad row; the message names file, line and field.
        UsageError: it is Parquet and pyarrow is not installed.
    """
    file = RowFile(path)
    lines: dict[str, str] = {}

    def problem(row: Row) -> Problem:
        made = _problem(row, _given(row, domain), domain, file)
        if made.id in lines:
            row.fail("id", f"an id of its own; {lines[made.id]} has {made.id!r} already")
        lines[made.id] = f"{row.unit} {row.line}"
        return made

    return list(_all(file, problem))


def read_solutions(path: Path) -> list[GivenRow]:
    """All rows of a file, each a question with `solutions`, at least one.

    Raises:
        DataError: as `read_problems`.
    """

    def candidates(row: Row) -> GivenRow:
        given = _sound(row)
        if not given.solutions:
            row.fail("solutions", "a list of solutions, each with 'steps' or 'solution', and 'correct'")
        return given

    return list(_all(RowFile(path), candidates))


def is_worked(problem: Problem, domain: Domain) -> bool:
    """Whether the problem's own steps may teach: there are some, each holds, and they end in the answer."""
    verdicts = domain.judge_steps(problem.question, problem.steps)
    if not verdicts or not all(verdict.holds for verdict in verdicts):
        return False
    return domain.check(problem, domain.answer_of(problem.steps)) == "right"


def _all(file: RowFile, read: Callable[[Row], T]) -> Iterator[T]:
    """Every row as it is read; the error of the first bad one also says how many more there are."""
    faults: list[str] = []
    found: list[T] = []
    for row in file:
        try:
            found.append(read(row))
        except RowFault as fault:
            faults.append(file.where(row, str(fault)))
    if faults:
        more = f" ({len(faults) - 1} more rows cannot be used)" if len(faults) > 1 else ""
        raise DataError(f"{faults[0]}{more}")
    if not found:
        raise no_rows(file.path)
    yield from found


def _sound(row: Row) -> GivenRow:
    given = read_form(row)
    if given.fault:
        raise RowFault(given.fault)
    return given


def _given(row: Row, domain: Domain) -> GivenRow:
    """A row with a question and an answer."""
    if row.fault:
        raise RowFault(row.fault)
    if domain.name == prosqa_rows.NAME and not {"prompt", "messages", "problem"} & set(row.fields):
        return prosqa_rows.read_proof(row)
    given = _sound(row)
    if given.solutions:
        row.fail("answer", "an answer; rows with several solutions are for `reasoner verify`")
    if given.domain and given.domain != domain.name:
        raise RowFault(f"field 'domain': given {given.domain!r:.80}, expected {domain.name!r}, as in data.domain")
    return given


def _skill(steps: tuple[str, ...]) -> str:
    """The skill of the last step's operator; `mixed` where it has several different ones or none."""
    operators = set(operators_of(steps[-1])) if steps else set()
    return _SKILL_OF_OPERATOR[operators.pop()] if len(operators) == 1 else UNKNOWN_SKILL


def _problem(row: Row, given: GivenRow, domain: Domain, file: RowFile) -> Problem:
    question = given.question.strip()
    problem = Problem(
        id=given.id or f"{file.path.stem}-{row.line}",
        domain=domain.name,
        skill=given.skill or _skill(given.steps),
        difficulty=given.difficulty or max(1, len(given.steps)),
        question=question,
        steps=given.steps,
        answer=given.answer,
        structure=domain.structure(question, given.steps),
        provenance=Provenance(
            generator=f"file:{file.path.name}",
            version=READER_VERSION,
            seed=0,
            parameters={"sha256": file.sha256, "line": row.line},
            license=given.license or UNKNOWN_LICENSE,
        ),
    )
    if domain.check(problem, problem.answer) != "right":
        raise RowFault(
            f"field 'answer': given {given.answer!r:.80}, expected a number that the domain {domain.name!r} can check"
        )
    return problem
