"""A file is replaced whole or stays; a line is appended whole or taken back."""

import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from reasoner.errors import DamagedError
from reasoner.storage.json_files import read_number, read_object
from reasoner.storage.json_lines import read_lines
from reasoner.storage.tensor_files import load_tensors, save_tensors
from reasoner.storage.writing import append_line, cut_torn_line, write_json, write_text


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Files of this process cannot grow further; the system says EFBIG."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_that_cannot_be_written_whole_leaves_the_old_one_and_nothing_beside_it(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"kept": 1})
    with largest_file(1000), pytest.raises(OSError, match="File too large"):
        write_text(tmp_path / "a.json", "x" * 5000)
    with largest_file(1000), pytest.raises(OSError, match="os error 27"):
        save_tensors(tmp_path / "t.safetensors", {"w": torch.zeros(5000)})
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    assert read_object(tmp_path / "a.json", mend="") == {"kept": 1}


def test_a_line_that_does_not_fit_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    append_line(path, json.dumps({"number": 1}))
    with largest_file(100), pytest.raises(OSError, match="File too large"):
        append_line(path, json.dumps({"text": "x" * 200}))
    append_line(path, json.dumps({"number": 2}))
    assert read_lines(path, mend="") == [{"number": 1}, {"number": 2}]


def test_a_torn_last_line_is_left_out_and_cut_off_by_the_next_writer(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"number": 1}\n{"num')
    assert read_lines(path, mend="") == [{"number": 1}]
    cut_torn_line(path)
    assert path.read_text() == '{"number": 1}\n'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"a": 1}\n\0\0\n{"a": 2}\n', "damaged in line 2"),
        (b'{"a": 1}\n[2]\n', "a list was found"),
        (b'{"a": 1}\n{"b": 2}\n', "it has no 'a'"),
        (b'\xff\xfe{"a": 1}\n', "not UTF-8"),
        (b"[" * 100_000 + b"\n", "damaged in line 1"),
    ],
)
def test_a_damaged_line_is_named_with_its_number_and_its_remedy(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "lines.jsonl").write_bytes(content)
    with pytest.raises(DamagedError, match=words) as caught:
        read_lines(tmp_path / "lines.jsonl", mend="use the copy", key="a")
    assert str(caught.value).endswith("; use the copy")


@pytest.mark.parametrize("content", [b"", b"\xff", b"null", b'{"a": ', b"9" * 5000, b"[" * 100_000])
def test_what_is_no_object_is_damage(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(DamagedError, match=r"a\.json.*; use the copy"):
        read_object(tmp_path / "a.json", mend="use the copy")


@pytest.mark.parametrize("content", [b"", b"abc", b"\0" * 64, (1 << 62).to_bytes(8, "little") + b"{}" * 50])
def test_what_is_no_safetensors_file_is_damage(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t").write_bytes(content)
    with pytest.raises(DamagedError, match="not a whole safetensors file"):
        load_tensors(tmp_path / "t")


def test_a_pipe_in_the_place_of_a_file_is_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for read in (
        lambda: read_number(tmp_path / "pipe", mend=""),
        lambda: read_lines(tmp_path / "pipe", mend=""),
        lambda: load_tensors(tmp_path / "pipe"),
        lambda: append_line(tmp_path / "pipe", "{}"),
    ):
        with pytest.raises(DamagedError, match="is a named pipe"):
            read()
