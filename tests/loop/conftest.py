"""One undisturbed run for all tests of the loop, whichever process they run in."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from loop_runs import Ended, loop_at_the_shell
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
