"""One undisturbed run for all tests of the loop, whichever process they run in."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest
from loop_runs import Ended, loop_at_the_shell

from memory.locks import exclusive


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    """The home of a run of one cycle that nothing disturbed, and how it ended. To be read; a copy may be changed."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    home, told = shared / "undisturbed", shared / "undisturbed.json"
    with exclusive(shared / "undisturbed.lock"):
        if not told.exists():
            told.write_text(json.dumps(asdict(loop_at_the_shell(home))))
    return home, Ended(**json.loads(told.read_text()))
