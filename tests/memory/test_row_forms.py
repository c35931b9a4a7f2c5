"""What is exported is read back as it was, and a row that cannot be read says why."""

import gzip
import json
import os
import sys
from pathlib import Path

import pytest
from memory_parts import example

from memory.export import row_of
from reasoner.data import parquet
from reasoner.data.parquet import Form, read_parquet, write_parquet
from reasoner.data.row_files import RowFile
from reasoner.data.row_forms import GivenRow, read_form
from reasoner.errors import DataError, UsageError

EXAMPLES = [example(f"{n} apples") for n in range(5)]


def read_given(path: Path) -> list[GivenRow]:
    return [read_form(row) for row in RowFile(path)]


def odd() -> list[dict[str, object]]:
    """Records with everything that JSON can hold in a generator's parameters."""
    deep = {"a": [1, 2.5, None, {"b": "ü"}], "seed": 2**60, "text": "[not a list]"}
    first = EXAMPLES[0]
    origin = first.problem.provenance.model_copy(update={"parameters": deep})
    problem = first.problem.model_copy(update={"provenance": origin, "steps": ()})
    return [row_of(e, "records") for e in (first.model_copy(update={"problem": problem}), *EXAMPLES[1:])]


def test_records_come_back_from_parquet_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP", 2)
    assert write_parquet(iter(odd()), tmp_path / "r.parquet", form="records") == 5
    assert list(read_parquet(tmp_path / "r.parquet")) == odd()
    assert [given.record for given in read_given(tmp_path / "r.parquet")][1:] == EXAMPLES[1:]


@pytest.mark.parametrize("form", ["prompt-completion", "messages", "records"])
def test_every_form_is_read_alike_from_both_kinds_of_file(tmp_path: Path, form: Form) -> None:
    rows = [row_of(e, form) for e in EXAMPLES]
    write_parquet(rows, tmp_path / "r.parquet", form=form)
    (tmp_path / "r.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    one, other = read_given(tmp_path / "r.parquet"), read_given(tmp_path / "r.jsonl")
    assert one == other
    assert [(g.question, g.steps, g.answer) for g in one] == [
        (e.problem.question, e.problem.steps, e.problem.answer) for e in EXAMPLES
    ]


def test_a_parquet_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    def rows():
        yield row_of(EXAMPLES[0], "messages")
        raise RuntimeError("the store went away")

    with pytest.raises(RuntimeError, match="went away"):
        write_parquet(rows(), tmp_path / "r.parquet", form="messages")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_or_missing_file_is_told(tmp_path: Path) -> None:
    write_parquet([row_of(EXAMPLES[0], "messages")], tmp_path / "r.parquet", form="messages")
    (tmp_path / "r.parquet").write_bytes((tmp_path / "r.parquet").read_bytes()[:-20])
    with pytest.raises(DataError, match="damaged"):
        read_given(tmp_path / "r.parquet")
    with pytest.raises(DataError, match="cannot be read"):
        RowFile(tmp_path / "nowhere.jsonl")


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"reasoner\[parquet\]"):
        write_parquet([], tmp_path / "r.parquet", form="messages")


USER, ASSISTANT = {"role": "user", "content": "Six and 1?"}, {"role": "assistant", "content": "6+1=7\nanswer: 7"}
SAME = [
    {"question": "Six and 1?", "steps": ["6+1=7"], "answer": 7},
    {"question": "Six and 1?", "answer": "She has 6+1=<<6+1=7>>7.\n#### 7"},
    {"prompt": "Six and 1?", "completion": "6+1=7\nanswer: 7"},
    {"prompt": "Six and 1?", "completion": "6+1=7\n#### 7", "sha256": "0", "split": "practice"},
    {"prompt": [USER], "completion": [ASSISTANT]},
    {"messages": [{"role": "system", "content": "Be brief."}, USER, ASSISTANT]},
    {"messages": [{"role": "user", "content": [{"type": "text", "text": "Six and 1?"}]}, ASSISTANT]},
]


def test_every_form_of_a_row_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text("".join(json.dumps(row) + "\n" for row in SAME))
    found = read_given(tmp_path / "r.jsonl")
    assert {(g.question, g.steps, g.answer, g.fault) for g in found} == {("Six and 1?", ("6+1=7",), "7", "")}
    (tmp_path / "r.json").write_text(json.dumps(SAME, indent=1))
    assert [g.answer for g in read_given(tmp_path / "r.json")] == ["7"] * len(SAME)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{", "expected a JSON object"),
        (b'{"prompt": "caf\xe9"}', r"given the byte b'\xe9', expected UTF-8"),
        (b"[1]", "expected a JSON object"),
        (b"[" * 100_000, "expected a JSON object"),
        (b'{"answer": ' + b"9" * 5000 + b"}", "expected a JSON object"),
        (b'{"text": "x"}', "expected question and answer"),
        (b'{"prompt": "q", "completion": "1+1=2"}', "expected 'answer: ...'"),
        (b'{"prompt": "q", "completion": ["1+1=2"]}', "a text, or both of them lists"),
        (b'{"messages": [{"role": "user", "content": "q"}]}', "one of the user, then one of the assistant"),
        (b'{"problem": {}}', "field 'id'"),
        (b'{"question": "q", "answer": "1", "question": "r"}', "'question' stands twice"),
        (b'{"question": "q", "answer": NaN}', "a number that is finite"),
        (b'{"question": "q", "answer": true}', "given True, expected a number"),
        (b'{"question": "q", "answer": 1, "difficulty": 1e400}', "a number that is finite"),
        (b'{"prompt": "a \\ud83d b", "completion": "answer: 1"}', r"half a character ('\ud83d')"),
        (b'{"prompt": "q", "completion": "answer: 1", "meta": [{"\\udc00": 1}]}', "half a character"),
        (b'{"prompt": "a \\u001b[2J", "completion": "answer: 1"}', r"the control character '\x1b'"),
        (b'{"prompt": "a \\u0000", "completion": "answer: 1"}', r"the control character '\x00'"),
        (b'{"prompt": "' + b"a" * 200_000 + b'", "completion": "answer: 1"}', "given 200000 characters"),
        (b'{"question": "q", "solutions": [{"steps": ["1+1=2"]}]}', "'correct'"),
    ],
)
def test_a_row_that_cannot_be_read_says_why_and_those_after_it_are_read(
    tmp_path: Path, line: bytes, fault: str
) -> None:
    (tmp_path / "r.jsonl").write_bytes(b"\xef\xbb\xbf{}\r\n\r\n" + line + b"\r\n" + json.dumps(SAME[0]).encode())
    _, bad, good = read_given(tmp_path / "r.jsonl")
    assert (bad.line, good.line, good.answer) == (3, 4, "7")
    assert fault in bad.fault
    bad.fault.encode()


def test_a_row_longer_than_any_row_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reasoner.data.row_files.LONGEST_LINE", 100)
    (tmp_path / "r.jsonl").write_text('{"a": "' + "x" * 350 + '"}\n' + json.dumps(SAME[0]))
    bad, good = read_given(tmp_path / "r.jsonl")
    assert ("more than 100 bytes" in bad.fault, good.line, good.answer) == (True, 2, "7")


@pytest.mark.parametrize(
    ("content", "given"),
    [
        (json.dumps(SAME[0]).encode("utf-16"), "UTF-16"),
        (json.dumps(SAME[0]).encode("utf-16-le"), "UTF-16"),
        (gzip.compress(b"{}", mtime=0), "gzip"),
        (b"\x7fELF\0\0", "binary"),
        (b"", "no rows"),
        (b" \n\n", "no rows"),
        (b"[{}", "JSON list"),
    ],
)
def test_a_file_that_is_none_of_rows_is_refused_with_its_name(tmp_path: Path, content: bytes, given: str) -> None:
    (tmp_path / "r.jsonl").write_bytes(content)
    with pytest.raises(DataError, match=rf"r\.jsonl: .*{given}"):
        read_given(tmp_path / "r.jsonl")


def test_a_folder_a_pipe_and_a_device_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, given in ((tmp_path, "a folder"), (tmp_path / "pipe", "a pipe"), (Path("/dev/zero"), "a device")):
        with pytest.raises(DataError, match=given):
            RowFile(path)
