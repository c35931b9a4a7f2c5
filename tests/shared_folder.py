"""A folder that all test processes of one run share, so that what is slow to make is made once."""

import os
from pathlib import Path

VARIABLE = "TESTS_SHARED_FOLDER"


def shared_folder() -> Path:
    """Pytest's own folder for this run; `conftest.py` sets it."""
    return Path(os.environ[VARIABLE])
