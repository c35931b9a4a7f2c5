"""A graph's stored state is plain data; whatever else lies in `graph.db` is refused and never run."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.types import Interrupt

from agents.checkpointing import PlainSerializer, open_saver
from reasoner.errors import DataError

CONFIG = {"configurable": {"thread_id": "r"}}
MINE = f"{__name__}"


def call(marker: str) -> None:
    """What a planted state names."""
    Path(marker).touch()


def extension(code: int, words: object) -> bytes:
    """A msgpack extension object of one of LangGraph's types."""
    _, inner = JsonPlusSerializer().dumps_typed(words)
    return b"\xc8" + len(inner).to_bytes(2, "big") + bytes([code]) + inner


def plant(home: Path, kind: str, content: bytes) -> None:
    with open_saver(home):
        pass
    database = sqlite3.connect(home / "graph.db")
    with database:
        row = ("r", "", "1", None, kind, content, b"{}")
        database.execute("INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    database.close()


def test_what_the_graph_writes_is_read_back() -> None:
    serializer = PlainSerializer()
    for value in (None, b"x", {"a": [1, 2.5, "x", None, True], "b": {}}, [Interrupt(value={"waits": "p"}, id="i")]):
        assert serializer.loads_typed(serializer.dumps_typed(value)) == value
    assert serializer.with_msgpack_allowlist([("os", "system")]) is serializer


@pytest.mark.parametrize("code", range(9))
def test_an_object_in_the_state_is_refused_in_words_and_not_called(tmp_path: Path, code: int) -> None:
    marker = tmp_path / "ran"
    words = [MINE, "call", str(marker), "method"] if code in (0, 3) else [MINE, "call", [str(marker)]]
    plant(tmp_path, "msgpack", extension(code, words))
    with open_saver(tmp_path) as saver, pytest.raises(DataError, match=r"graph.db holds .* nothing of it was run"):
        saver.get_tuple(CONFIG)  # pyright: ignore[reportArgumentType]
    assert not marker.exists()


def test_the_reader_that_langgraph_would_use_does_call_it(tmp_path: Path) -> None:
    """Otherwise the test above would prove nothing."""
    JsonPlusSerializer(allowed_msgpack_modules=True).loads_typed(
        ("msgpack", extension(0, [MINE, "call", str(tmp_path / "ran")]))
    )
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(("kind", "content"), [("json", b"{}"), ("pickle", b"."), ("msgpack", b"\xc1"), ("text", b"")])
def test_other_kinds_of_values_are_refused(tmp_path: Path, kind: str, content: bytes) -> None:
    plant(tmp_path, kind, content)
    with open_saver(tmp_path) as saver, pytest.raises(DataError, match=r"graph.db holds"):
        saver.get_tuple(CONFIG)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("strict", ["false", "true"])
def test_the_environment_changes_nothing(tmp_path: Path, strict: str) -> None:
    plant(tmp_path, "msgpack", extension(1, ["builtins", "open", [str(tmp_path / "ran"), "w"]]))
    code = (
        "import sys; from pathlib import Path; from agents.checkpointing import open_saver\n"
        "with open_saver(Path(sys.argv[1])) as saver: saver.get_tuple({'configurable': {'thread_id': 'r'}})"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env={**os.environ, "LANGGRAPH_STRICT_MSGPACK": strict},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "nothing of it was run" in ended.stderr
    assert not (tmp_path / "ran").exists()
