"""CSV and TSV files as rows: what a cell may hold, and where a bad row is said to stand."""

from pathlib import Path

import pytest

from reasoner.data.files import read_problems
from reasoner.data.open_rows import open_rows
from reasoner.domains.registry import get_domain
from reasoner.errors import DataError


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path) -> list[tuple[int, dict[str, str], str]]:
    rows = open_rows(path)
    return [(row.line, row.fields, rows.where(row, row.fault) if row.fault else "") for row in rows]


def test_quoted_cells_hold_delimiters_quotes_and_line_ends_and_every_cell_is_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", '\ufeffquestion,answer\r\n"One, ""two""\nthree?",012\r\n\r\nFour?,\r\n')
    assert read(path) == [
        (2, {"question": 'One, "two"\nthree?', "answer": "012"}, ""),
        (5, {"question": "Four?", "answer": ""}, ""),
    ]


def test_the_cells_of_a_tsv_file_stand_between_tabs(tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.TSV", "q\ta\nb, c\td\n")) == [(2, {"q": "b, c", "a": "d"}, "")]


def test_a_csv_file_whose_columns_are_called_question_and_answer_is_a_task_by_itself(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.csv", "question,answer,more\nOne?,1,x\nTwo?,2,y\n")
    problems = read_problems(path, get_domain(str(path)))
    assert [(problem.question, problem.answer, problem.id) for problem in problems] == [
        ("One?", "1", "mine-2"),
        ("Two?", "2", "mine-3"),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("q,a,c\n1,2\n", "line 2, field 'c': given nothing (the row has 2 cells), expected 3"),
        ("q,a\n1,2\n1,2,x\n", "line 3: cell 3: given 'x' (the row has 3 cells), expected 2"),
        ('q,a\n"abc,1\nd,2\n', "line 2: given a quoted cell that never ends"),
        ('q,a\n"abc"x,1\n', "line 2: given quotes that do not match"),
        (b"q,a\ncaf\xe9,1\n", "line 2: given the byte b'\\xe9', expected UTF-8"),
        ("q,a\n" + "b,c\n" * 2000 + "d,\0\n", "line 2002, field 'a': given the control character"),
        ('q,a\n"' + "x" * 140_000 + '",1\n', "line 2: given a cell of more than"),
        ("q,a\n" + "x" * 110_000 + ",1\n", "line 2, field 'q': given 110000 characters"),
    ],
)
def test_a_bad_row_is_told_with_line_and_column(tmp_path: Path, content: str | bytes, told: str) -> None:
    path = write(tmp_path / "a.csv", content)
    *_, (_, _, fault) = read(path)
    assert told in fault
    assert str(path) in fault


def test_a_line_without_end_is_refused_and_never_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reasoner.data.csv_rows.LONGEST_LINE", 100)
    path = write(tmp_path / "a.csv", "q,a\n" + "x" * 1000 + ",1\n")
    assert "line 2: given a line of more than 100 bytes" in read(path)[0][2]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "no rows in it"),
        ("\ufeff", "no rows in it"),
        ("q,a,q\n1,2,3\n", "line 1: the columns 1 and 3 are both called 'q'"),
        ('{"question": "a"}\n', "expected a header line; rename JSON lines to .jsonl"),
        ("q,a\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"q,a\nb,\0\n", "NUL"),
        (b"\x1f\x8b\x08\0", "gzip"),
        ("q,a\rb,c\r", "carriage return"),
        ("q;a\nb;c\n", "expected columns with commas between them"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_name(tmp_path: Path, content: str | bytes, told: str) -> None:
    path = write(tmp_path / "a.csv", content)
    with pytest.raises(DataError, match=r"a\.csv") as refused:
        read(path)
    assert told in str(refused.value)
