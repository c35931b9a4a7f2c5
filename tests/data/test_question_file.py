"""Questions of a file: plain lines, JSONL rows, and what is neither."""

from pathlib import Path

import pytest

from reasoner.data.question_file import read_question_file
from reasoner.errors import DataError, UsageError


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "questions.txt"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_each_line_with_something_in_it_is_a_question(tmp_path: Path) -> None:
    path = written(tmp_path, "\ufeffHow many?\r\n\n  Why\x0cso?  \nlast")
    assert read_question_file(path) == ["How many?", "Why\x0cso?", "last"]


def test_rows_give_their_question_in_order(tmp_path: Path) -> None:
    path = written(tmp_path, '{"question": "One?", "answer": "1"}\n\n{"id": 2, "question": "Tw\\u00f6?"}\n')
    assert read_question_file(path) == ["One?", "Twö?"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "no question"),
        (" \n\t\n", "no question"),
        (b"caf\xe9?", "byte 3 is not UTF-8"),
        (b"\xff\xfeh\x00i\x00", "byte 0 is not UTF-8"),
        ('{"question": "One?"}\nTwo?', "line 2: expected a JSON object"),
        ('{"question": "One?"}\n{"prompt": "Two?"}', "line 2: expected a JSON object with a text `question`"),
        ('{"question": 3}', "line 1: expected a JSON object with a text"),
        ('{"question": "\\ud83d?"}', "line 1: `question` holds half a character"),
        ("{" + '"a":[' * 100_000, "line 1: expected a JSON object"),
    ],
)
def test_what_is_no_question_is_refused_with_its_place(tmp_path: Path, content: str | bytes, words: str) -> None:
    with pytest.raises(DataError, match="questions") as refused:
        read_question_file(written(tmp_path, content))
    assert words in str(refused.value)


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_question_file(tmp_path / name)
