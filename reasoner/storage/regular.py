"""Opens files that must be plain ones. A pipe in the place of a file would let its reader wait for ever."""

import os
import stat
from io import BufferedReader
from pathlib import Path

from reasoner.errors import DamagedError

KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def open_regular(path: Path, flags: int = os.O_RDONLY) -> int:
    """A descriptor of a plain file.

    Raises:
        DamagedError: something else has the file's name.
        OSError: it cannot be opened.
    """
    require_regular(path)
    # O_NONBLOCK changes nothing for a plain file; a pipe that took its place just now does not block either.
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, 0o644)
    try:
        _require(path, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def reading(path: Path) -> BufferedReader:
    """A plain file, open for reading. Raises as `open_regular` does."""
    return os.fdopen(open_regular(path), "rb")


def require_regular(path: Path) -> None:
    """Whatever has this name, if anything, must be a plain file.

    Raises:
        DamagedError: it is not.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return
    _require(path, found)


def _require(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = KINDS.get(stat.S_IFMT(found.st_mode), "no plain file")
        raise DamagedError(f"{str(path)!r} is {kind}, a plain file was expected; move it away, or restore the file")
