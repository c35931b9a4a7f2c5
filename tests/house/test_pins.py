"""`constraints.txt` pins everything that an install brings, and `docs/licences.md` says under which licence."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="pins are those of the machine that CI runs on"
)
def test_the_whole_tree_of_packages_is_pinned_as_installed_with_its_licences() -> None:
    done = subprocess.run(
        [sys.executable, ".ci/pins.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
