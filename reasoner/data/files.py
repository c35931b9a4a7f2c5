"""Problems, and solutions to judge, from a file in any form of docs/data-format.md.

A row that cannot be used raises `DataError` with file, line and field, because a row left out in silence would change
every figure that is reported.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from reasoner.data.open_rows import Rows, open_rows
from reasoner.data.row import Row, RowFault
from reasoner.data.row_files import no_rows
from reasoner.data.row_forms import UNKNOWN_LICENSE, GivenRow, read_form
from reasoner.domains.powers import skill_of
from reasoner.domains.solutions import canonical_steps, solution_fault
from reasoner.errors import DataError
from reasoner.types.domain import Domain, ReadsRows, RowRefused, power
from reasoner.types.problem import Problem, Provenance

T = TypeVar("T")

READER_VERSION = "1"


def read_problems(path: Path, domain: Domain) -> list[Problem]:
    """All problems of a file, in the order of its rows.

    Args:
        path: JSON lines in UTF-8 (a byte order mark and blank lines do not matter), a JSON list, or Parquet.
        domain: judges whether an answer can be checked, and hashes structures.

    Raises:
        DataError: the file cannot be read, holds no rows, or has a bad row; the message names file, line and field.
        UsageError: it is Parquet and pyarrow is not installed.
    """
    file = open_rows(path)
    return _or_raise(file, *_read_all(file, _problem_reader(file, domain)))


def survey_problems(file: Rows, domain: Domain) -> tuple[list[Problem], list[str]]:
    """The problems of a file and, beside them, the fault of every row that cannot be used, with its place."""
    return _read_all(file, _problem_reader(file, domain))


def _problem_reader(file: Rows, domain: Domain) -> Callable[[Row], Problem]:
    lines: dict[str, str] = {}

    def problem(row: Row) -> Problem:
        made = _problem(row, _given(row, domain), domain, file)
        if made.id in lines:
            row.fail("id", f"an id of its own; {lines[made.id]} has {made.id!r} already")
        lines[made.id] = f"{row.unit} {row.line}"
        return made

    return problem


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

    file = open_rows(path)
    return _or_raise(file, *_read_all(file, candidates))


def is_worked(problem: Problem, domain: Domain) -> bool:
    """Whether the problem's own steps may teach: there are some, each holds, and they end in the answer."""
    return not solution_fault(problem, problem.steps, domain.answer_of(problem.steps), domain)


def _read_all(file: Rows, read: Callable[[Row], T]) -> tuple[list[T], list[str]]:
    """Every row as it is read, and the faults of those that cannot be."""
    faults: list[str] = []
    found: list[T] = []
    for row in file:
        try:
            found.append(read(row))
        except RowFault as fault:
            faults.append(file.where(row, str(fault)))
    return found, faults


def _or_raise(file: Rows, found: list[T], faults: list[str]) -> list[T]:
    """What was found; the error of the first bad row also says how many more there are."""
    if faults:
        more = f" ({len(faults) - 1} more rows cannot be used)" if len(faults) > 1 else ""
        raise DataError(f"{faults[0]}{more}")
    if not found:
        raise no_rows(file.path)
    return found


def _sound(row: Row) -> GivenRow:
    given = read_form(row)
    if given.fault:
        raise RowFault(given.fault)
    return given


def _given(row: Row, domain: Domain) -> GivenRow:
    """A row with a question and an answer."""
    if row.fault:
        raise RowFault(row.fault)
    own = _own_form(row, domain)
    if own is not None:
        return own
    given = _sound(row)
    if given.solutions:
        row.fail("answer", "an answer; rows with several solutions are for `reasoner verify`")
    name = domain.info.name
    if given.domain and given.domain != name:
        raise RowFault(f"field 'domain': given {given.domain!r:.80}, expected {name!r}, the task")
    return given


def _own_form(row: Row, domain: Domain) -> GivenRow | None:
    """A row in a form that only its domain knows."""
    reader = power(domain, ReadsRows)
    try:
        fields = reader.read_row(row.fields) if reader else None
    except RowRefused as refused:
        row.fail(refused.field, refused.expected)
    if fields is None:
        return None
    steps = tuple(fields["steps"])
    license = fields.get("license") or row.if_text("license", "the name of a licence")
    about = {"difficulty": len(steps), **fields, "license": license, "steps": steps}
    return GivenRow(line=row.line, **about)


def _problem(row: Row, given: GivenRow, domain: Domain, file: Rows) -> Problem:
    question, steps = given.question.strip(), canonical_steps(given.steps, domain)
    problem = Problem(
        id=given.id or f"{file.path.stem}-{row.line}",
        domain=domain.info.name,
        skill=given.skill or skill_of(domain, question, steps),
        difficulty=given.difficulty or max(1, len(steps)),
        question=question,
        steps=steps,
        answer=given.answer,
        structure=domain.structure(question, steps),
        provenance=Provenance(
            generator=f"file:{file.path.name}",
            version=READER_VERSION,
            seed=0,
            parameters={"sha256": file.sha256, "line": row.line},
            license=given.license or UNKNOWN_LICENSE,
        ),
        material=given.material,
        split=given.split,
    )
    if (found := domain.check(problem, problem.answer)).outcome != "right":
        why = f": {found.reason}" if found.reason else ""
        raise RowFault(
            f"field 'answer': given {given.answer!r:.80}, expected one that the task "
            f"{domain.info.name!r} can check{why}"
        )
    return problem
