"""What all tests of the loop share, whichever process they run in: an undisturbed run, and a trained base."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from loop_runs import Ended, begin, loop_at_the_shell
from shared_folder import shared_folder

from memory.locks import exclusive


@pytest.fixture(scope="session")
def undisturbed() -> tuple[Path, Ended]:
    """The home of a run of one cycle that nothing disturbed, and how it ended. To be read; a copy may be changed."""
    home, told = shared_folder() / "undisturbed", shared_folder() / "undisturbed.json"
    with exclusive(shared_folder() / "undisturbed.lock"):
        if not told.exists():
            told.write_text(json.dumps(asdict(loop_at_the_shell(home))))
    return home, Ended(**json.loads(told.read_text()))


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A home whose base is trained already, for tests of what comes after it."""
    return begin(tmp_path / "begun")
