"""A system call that fails in the middle of a command ends in words, and nothing that was done is lost."""

from collections.abc import Iterator
from errno import ENOLCK, ENOSPC, EROFS
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest
from fault_tasks import small_home, tasks
from fault_trial import shim, try_fault

POINTS = (
    ("import", "write", ENOSPC, 60),
    ("backup", "rename", EROFS, 1),
    ("schedule", "lock", ENOLCK, 1),
)
"""Command, class of call, error, and number of the call; `benchmarks/fault_injection.py` tries every kind."""


@pytest.fixture
def server_of_its_own() -> Iterator[None]:
    """A process has one server of forks, and one that other tests began does not have the library in it."""
    one: Any = forkserver
    one._forkserver._stop()
    yield
    one._forkserver._stop()


@pytest.mark.slow
@pytest.mark.usefixtures("server_of_its_own")
@pytest.mark.skipif(shim() is None, reason="no C compiler makes the library that fails calls, or this is not Linux")
def test_a_fault_ends_in_words_and_loses_nothing(tmp_path: Path) -> None:
    prepared, place = tmp_path / "prepared", tmp_path / "trial"
    small_home(prepared)
    known = tasks(place / "home")
    tried = [try_fault(known[name][1], prepared, place, call=c, error=e, at=at) for name, c, e, at in POINTS]
    assert [trial for trial in tried if not trial.ok] == []
    assert sum(trial.first.code != 0 for trial in tried) >= 2, "faults were met"
