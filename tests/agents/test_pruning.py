"""The size of `graph.db`, and what is said where it cannot be made smaller."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agents.pruning import graph_size, vacuum
from reasoner.errors import StorageError


def test_a_file_whose_writer_died_before_its_tables_were_made_holds_no_states(tmp_path: Path) -> None:
    (tmp_path / "graph.db").touch()
    assert graph_size(tmp_path).states == {}


def test_a_file_that_cannot_be_written_is_not_said_to_be_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "graph.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE checkpoints (thread_id)")
    real = sqlite3.connect

    def read_only(*given: object, timeout: float) -> sqlite3.Connection:  # as on a disk that was mounted so
        return real(f"file:{path}?mode=ro", uri=True, timeout=timeout)

    monkeypatch.setattr(sqlite3, "connect", read_only)
    with pytest.raises(StorageError, match="readonly"):
        vacuum(tmp_path)
