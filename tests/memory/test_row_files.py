"""What is exported is read back as it was, and a row that cannot be read says why."""

import json
import sys
from pathlib import Path

import pytest
from memory_parts import example

from memory import parquet
from memory.export import Form, row_of
from memory.parquet import read_parquet, write_parquet
from memory.row_files import identify, read_given
from reasoner.errors import DataError, UsageError

EXAMPLES = [example(f"{n} apples") for n in range(5)]


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
    one, other = list(read_given(tmp_path / "r.parquet")), list(read_given(tmp_path / "r.jsonl"))
    assert one == other
    assert [(g.question, g.steps, g.answer) for g in one] == [
        (e.problem.question, e.problem.steps, e.problem.answer) for e in EXAMPLES
    ]
    assert [identify(tmp_path / f"r.{kind}").rows for kind in ("parquet", "jsonl")] == [5, 5]


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
        list(read_given(tmp_path / "r.parquet"))
    with pytest.raises(DataError, match="cannot be read"):
        identify(tmp_path / "nowhere.jsonl")


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"reasoner\[parquet\]"):
        write_parquet([], tmp_path / "r.parquet", form="messages")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[1]", "not a JSON object"),
        (b'{"text": "x"}', "expected prompt and completion"),
        (b'{"prompt": "q", "completion": "1+1=2"}', "expected 'answer: ...'"),
        (b'{"prompt": "q", "completion": ["1+1=2"]}', "two texts"),
        (b'{"messages": [{"role": "user", "content": "q"}]}', "one turn of the user"),
        (b'{"problem": {}}', "id"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(tmp_path: Path, line: bytes, fault: str) -> None:
    (tmp_path / "r.jsonl").write_bytes(b"\n" + line + b"\n")
    (given,) = read_given(tmp_path / "r.jsonl")
    assert given.line == 2
    assert fault in given.fault
