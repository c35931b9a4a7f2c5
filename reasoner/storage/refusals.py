"""What the machine says when it refuses, in words: a member of our error tree for each error of the system.

OSError         the file, what the system says, what to do: StorageError, or UsageError where a path was given wrong
sqlite3.Error   DamagedError where the file is broken, BusyError where it is locked, StorageError else
MemoryError     StorageError
"""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reasoner.errors import EXIT_FAILED, EXIT_USAGE, BusyError, DamagedError, ReasonerError, StorageError, UsageError

_ROOM = "free some space, or give a home on another disk with --home DIR (what was saved stays)"
_LOCAL = "put the home on a local disk: the file system there lacks what is needed"
ADVICE: dict[int, tuple[str, int]] = {
    errno.ENOSPC: (_ROOM, EXIT_FAILED),
    errno.EDQUOT: (_ROOM, EXIT_FAILED),
    errno.EFBIG: ("a limit on the size of files stops it: raise it with `ulimit -f unlimited`", EXIT_FAILED),
    errno.EROFS: ("give a home that can be written with --home DIR", EXIT_FAILED),
    errno.EACCES: ("check the permissions of the file and its folder, or give another", EXIT_FAILED),
    errno.EPERM: ("check who owns the file, or give another", EXIT_FAILED),
    errno.EMFILE: ("too many files are open: raise the limit with `ulimit -n 4096`", EXIT_FAILED),
    errno.ENFILE: ("the machine has too many files open: end other programs", EXIT_FAILED),
    errno.EIO: ("the disk fails to read or write: check it (`dmesg`), then run `reasoner doctor`", EXIT_FAILED),
    errno.ENOMEM: ("not enough memory: end other programs, or choose a smaller configuration", EXIT_FAILED),
    errno.EINTR: ("a signal came in between: run the same command again", EXIT_FAILED),
    errno.EAGAIN: ("the machine lacks processes or memory just now: end other programs", EXIT_FAILED),
    errno.ENOLCK: (f"files cannot be locked: {_LOCAL}", EXIT_FAILED),
    errno.ENOSYS: (_LOCAL, EXIT_FAILED),
    errno.EOPNOTSUPP: (_LOCAL, EXIT_FAILED),
    errno.ESTALE: ("its network disk is gone: mount it again", EXIT_FAILED),
    errno.ENXIO: ("expected a plain file, got a pipe or a device: move it away", EXIT_FAILED),
    errno.ECONNREFUSED: ("nobody listens there: start the server, or correct its address", EXIT_FAILED),
    errno.EINVAL: ("check the name: this file system does not take it", EXIT_FAILED),
    errno.ENOTEMPTY: ("expected an empty folder: move it away", EXIT_FAILED),
    errno.ENOENT: ("check the path; if it lies in a home, `reasoner doctor` says what else is missing", EXIT_USAGE),
    errno.EISDIR: ("expected a file, got a folder", EXIT_USAGE),
    errno.ENOTDIR: ("a part of the path is a file where a folder is expected", EXIT_USAGE),
    errno.ENAMETOOLONG: ("give a shorter name", EXIT_USAGE),
    errno.ELOOP: ("the path holds links that lead in a circle", EXIT_USAGE),
    errno.EEXIST: ("it exists already and is not what was expected; name another", EXIT_USAGE),
}
"""By number: what to do, and the exit code. What the fault is, the system's own words say."""

UNKNOWN = ("`reasoner doctor` says what is wrong with a home and what mends it", EXIT_FAILED)
RESTORE = "restore it from a backup (`reasoner memory restore`), or move the home away and begin another"
"""What mends a database; `memory backup` made the backup, if anybody did."""

_BROKEN = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT", "SQLITE_SCHEMA")
_FOREIGN = ("no such table", "no such column", "already exists", "malformed", "has no column", "Could not decode")
"""Parts of what SQLite or its driver says of a file whose tables or texts are not ours."""
_REFUSED = {
    "SQLITE_FULL": errno.ENOSPC,
    "SQLITE_READONLY": errno.EROFS,
    "SQLITE_IOERR": errno.EIO,
    "SQLITE_PERM": errno.EACCES,
    "SQLITE_NOMEM": errno.ENOMEM,
    "SQLITE_NOLFS": errno.EFBIG,
    "SQLITE_PROTOCOL": errno.ENOLCK,
}
"""SQLite's primary codes, and the refusals of the machine behind them."""
_HIDDEN = {
    "SQLITE_IOERR": "check the disk (`dmesg`), its free space and the limit of a file's size (`ulimit -f`)",
    "SQLITE_CANTOPEN": "check the permissions of the file and its folder, and how many files may be open (`ulimit -n`)",
}
"""Codes that several refusals hide behind, and what to look at."""


def in_words(error: BaseException) -> ReasonerError | None:
    """The member of our tree that an error of the machine is; None for any other error."""
    if isinstance(error, ReasonerError):
        return error
    driver = getattr(error, "orig", error)  # SQLAlchemy keeps the driver's error there
    if isinstance(driver, sqlite3.Error):
        return of_sqlite(driver, "a database of the home")
    if isinstance(error, OSError) and error.errno is not None:
        return of_system(error)
    if isinstance(error, MemoryError):
        return StorageError(ADVICE[errno.ENOMEM][0])
    return None


def of_system(error: OSError, file: str = "") -> ReasonerError:
    """An error of the system: where, what happened, what to do.

    Args:
        error: with its number.
        file: that it is about, where the error does not name it.
    """
    given = file or error.filename
    where = f"{_shortened(os.fsdecode(given))!r}: " if isinstance(given, (str, bytes)) else ""
    number = error.errno or 0
    remedy, code = ADVICE.get(number, UNKNOWN)
    kind = UsageError if code == EXIT_USAGE else StorageError
    return kind(f"{where}{error.strerror or os.strerror(number)}; {remedy}")


def of_sqlite(error: sqlite3.Error, file: str) -> ReasonerError | None:
    """An error of SQLite's about one of its files; None where the statement was wrong and not the file."""
    code = getattr(error, "sqlite_errorname", "")
    primary = "_".join(code.split("_")[:2])
    if primary in ("SQLITE_BUSY", "SQLITE_LOCKED") or "is locked" in str(error):
        return BusyError(
            f"the database {file!r} is locked by another process, which did not let go of it; end that process or "
            "wait, then run the same command again"
        )
    if primary in _HIDDEN and code != "SQLITE_IOERR_NOMEM":
        return StorageError(f"{file!r}: SQLite: {error} ({code}); {_HIDDEN[primary]}")
    if primary in _REFUSED:
        number = errno.ENOMEM if code == "SQLITE_IOERR_NOMEM" else _REFUSED[primary]
        return of_system(OSError(number, f"SQLite: {error} ({code})"), file)
    if primary in _BROKEN or any(part in str(error) for part in _FOREIGN):
        return DamagedError(f"the database {file!r} is damaged: SQLite says {str(error)!r}; {RESTORE}")
    return None


@contextmanager
def sqlite_in_words(path: Path) -> Iterator[None]:
    """Turns errors of SQLite's within the block into ours."""
    try:
        yield
    except sqlite3.Error as error:
        if (told := of_sqlite(error, str(path))) is None:
            raise
        raise told from error


def _shortened(file: str) -> str:
    return file if len(file) <= 120 else f"{file[:60]}...{file[-50:]}"
