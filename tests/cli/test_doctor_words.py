"""What doctor says of an error: what was found, and what mends it, never one for the other."""

import errno

from reasoner.cli.checkup.check import of_error
from reasoner.errors import DamagedError


def test_a_full_disk_is_mended_by_space() -> None:
    assert of_error("store", OSError(errno.ENOSPC, "full", "/f")).mend.startswith("free some space")


def test_an_error_without_a_remedy_is_not_its_own_remedy() -> None:
    told = of_error("store", DamagedError("the file is cut"))
    assert (told.found, told.mend) == ("the file is cut", "restore it from a backup")
