"""Questions and answers as lines that take turns: a file, a folder of them, and what cannot be read."""

from pathlib import Path

import pytest

from reasoner.data.files import read_problems
from reasoner.data.open_rows import open_rows
from reasoner.domains.registry import get_domain
from reasoner.errors import DataError

PAIRS = "How much is 2 and 3?\n5\nHow much is 4 and 4?\n8\n"


def test_a_file_of_pairs_is_rows_whose_skill_is_its_name(tmp_path: Path) -> None:
    file = tmp_path / "arithmetic__add_or_sub.txt"
    file.write_text(f"\ufeff{PAIRS}\n\n")
    first, second = read_problems(file, get_domain("formal_math"))
    assert (first.question, first.answer, first.skill) == ("How much is 2 and 3?", "5", "arithmetic__add_or_sub")
    assert (first.id, second.id) == ("arithmetic__add_or_sub-1", "arithmetic__add_or_sub-3")


def test_a_row_in_a_modules_words_gets_its_steps_and_any_other_its_answer(tmp_path: Path) -> None:
    file = tmp_path / "numbers__gcd.txt"
    file.write_text("What is the greatest common divisor of 18 and 12?\n6\nDivisor of 4 and 6 that is greatest?\n2\n")
    known, unknown = read_problems(file, get_domain("formal_math"))
    assert (known.steps, unknown.steps) == (("18=1*12+6", "12=2*6+0", "6"), ("2",))
    file.write_text("What is the greatest common divisor of 18 and 12?\n5\n")
    with pytest.raises(DataError, match=r"gcd\.txt, line 1, field 'answer': given '5', expected '6', which is what"):
        read_problems(file, get_domain("formal_math"))


def test_a_folder_of_pairs_is_one_file_after_the_other(tmp_path: Path) -> None:
    for name in ("numbers__gcd", "algebra__linear_1d"):
        (tmp_path / f"{name}.txt").write_text(PAIRS.replace("much", f"much in {name}"))
    problems = read_problems(tmp_path, get_domain("formal_math"))
    assert [problem.skill for problem in problems] == ["algebra__linear_1d"] * 2 + ["numbers__gcd"] * 2
    assert len({problem.id for problem in problems}) == 4
    assert open_rows(tmp_path).sha256 != open_rows(tmp_path / "numbers__gcd.txt").sha256


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        (f"{PAIRS}How much is 1 and 1?\n".encode(), 5, "given a question at the end of the file"),
        (f"{PAIRS}\n{PAIRS}".encode(), 5, "given an empty line, expected a line with a question and a line with"),
        (b"How much is \xff?\n5\n", 1, r"given the byte b'\\xff', expected UTF-8"),
        (b"How much is 1\x00?\n5\n", None, "given binary data"),
    ],
)
def test_what_is_no_pair_is_told_with_file_and_line(
    tmp_path: Path, content: bytes, line: int | None, told: str
) -> None:
    (tmp_path / "a.txt").write_text(PAIRS)
    (tmp_path / "b.txt").write_bytes(content)
    place = rf"b\.txt, line {line}: " if line else r"b\.txt: "
    for path in (tmp_path, tmp_path / "b.txt"):
        with pytest.raises(DataError, match=place + told):
            read_problems(path, get_domain("formal_math"))


def test_a_text_file_of_json_lines_stays_one(tmp_path: Path) -> None:
    file = tmp_path / "rows.txt"
    file.write_text('{"question": "How much is 2 and 3?", "answer": 5}\n')
    assert [problem.id for problem in read_problems(file, get_domain("math"))] == ["rows-1"]
