"""An open home with an untrained student, a run and two remembered examples; everything in it is real."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from whole_home import make_home

import reasoner

SMALL = ("config=tiny", "search.width=2", "search.candidates=4", "data.sealed_size=50", "domains.math.max_number=20")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return make_home(tmp_path / "home")


@pytest.fixture
def opened(folder: Path) -> Iterator[reasoner.Reasoner]:
    with reasoner.open(folder, config="tiny", overrides=SMALL[1:]) as r:
        yield r
