"""SQLite files as files: what can be said of one without opening it, and a look into one that leaves no trace.

SQLite passes over a write-ahead log whose head is damaged, and with it over all that was committed last: here it is
an error. A look must not write: a file that somebody has open, or that a kill left with a log, is copied first.

A process that closes any descriptor of a file loses all its POSIX locks on it, those of its SQLite connections too
(sqlite.org/howtocorrupt.html, 2.2). So files that this process has open as a database are claimed, and never read here.
"""

import shutil
import sqlite3
import struct
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import RLock
from urllib.parse import quote

from reasoner.errors import BusyError
from reasoner.storage.json_files import damaged
from reasoner.storage.refusals import RESTORE, sqlite_in_words
from reasoner.storage.regular import reading, require_regular

MAGIC = b"SQLite format 3\0"
LOG_HEAD = 32
LOG_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}
"""First number of a write-ahead log, and the order of bytes in its sums."""
LARGEST_COPY = 1 << 30
"""Bytes of a file in use that are copied to be looked at."""
LOOKS = 5
"""Tries to see a file whole that others write meanwhile."""


Claim = tuple[int, int]
"""Device and number of a file that this process has open as a database."""

_claimed: Counter[Claim] = Counter()
_claiming = RLock()
"""Its thread may take it twice: the garbage collector ends the claim of a dropped store whenever it likes."""


def claim(path: Path) -> Claim:
    """Looks whether a database can be opened, and keeps its files from being read by this process until `release`.

    Raises:
        DamagedError: see `require_usable`.
    """
    with _claiming:
        if not _is_claimed(path):
            require_usable(path)
            if not path.exists():
                path.touch()
        found = _identity(path)
        _claimed[found] += 1
        return found


def release(claimed: Claim) -> None:
    """Ends a claim, once the connections are closed."""
    with _claiming:
        _claimed[claimed] -= 1


@contextmanager
def claimed(path: Path) -> Iterator[None]:
    """A claim while the block runs."""
    ours = claim(path)
    try:
        yield
    finally:
        release(ours)


def require_usable(path: Path) -> None:
    """Whether a database's files can be opened without losing anything; a file that is not there can.

    Raises:
        DamagedError: they are no plain files, the head is not SQLite's, or the log's head is damaged.
    """
    log = log_of(path)
    for file in (path, log, path.with_name(f"{path.name}-shm")):
        require_regular(file)
    head = _head(path, len(MAGIC))
    if head and head != MAGIC:
        raise damaged(path, f"is no SQLite database (it begins with {head!r})", RESTORE)
    wrong = ""
    for _ in range(LOOKS):
        # Another process may be writing the head at this moment: what is wrong is looked at again.
        if not (wrong := _wrong_with_log(_head(log, LOG_HEAD))):
            break
        time.sleep(0.02)
    if wrong and log.stat().st_size:
        mend = f"{RESTORE}; to go on without what was written last, move {str(log)!r} away"
        raise damaged(log, f"is a damaged write-ahead log ({wrong})", mend)


def log_of(path: Path) -> Path:
    """The write-ahead log of a database."""
    return path.with_name(f"{path.name}-wal")


@contextmanager
def looked_into(path: Path) -> Iterator[sqlite3.Connection]:
    """A database as it is now, to be read; nothing beside it is made or changed.

    Raises:
        DamagedError: it is no SQLite database, or broken.
        BusyError: it is too large or too busy to be copied for a look.
    """
    with ExitStack() as left, sqlite_in_words(path):
        connection = sqlite3.connect(_to_look_into(path, left), uri=True)
        left.callback(connection.close)
        yield connection


def _to_look_into(path: Path, left: ExitStack) -> str:
    """The URI of the file itself, or of a copy that goes with `left`; no thread opens the database meanwhile."""
    with _claiming:
        if _is_claimed(path):
            return f"file:{quote(str(path))}?mode=ro"
        require_usable(path)
        log = log_of(path)
        if not log.exists() or not log.stat().st_size:
            return f"file:{quote(str(path))}?mode=ro&immutable=1"
        folder = left.enter_context(tempfile.TemporaryDirectory(prefix="reasoner-look-"))
        return f"file:{quote(str(_copied(path, log, Path(folder))))}"


def _identity(path: Path) -> Claim:
    found = path.stat()
    return found.st_dev, found.st_ino


def _is_claimed(path: Path) -> bool:
    return path.exists() and _claimed[_identity(path)] > 0


def fault_of(connection: sqlite3.Connection) -> str:
    """What SQLite finds wrong within a database; empty for nothing."""
    found = connection.execute("PRAGMA quick_check(3)").fetchall()
    words = "; ".join(str(row[0]) for row in found)
    return "" if words == "ok" else " ".join(words.split())[:200]


def _copied(path: Path, log: Path, folder: Path) -> Path:
    if path.stat().st_size + log.stat().st_size > LARGEST_COPY:
        raise BusyError(f"{str(path)!r} is in use and too large to be copied for a look; look again when nothing runs")
    for _ in range(LOOKS):
        before = _state(path, log)
        for file in (path, log):
            if file.exists():
                shutil.copyfile(file, folder / file.name)
        if _state(path, log) == before:
            return folder / path.name
    raise BusyError(f"{str(path)!r} is written all the time; look again when less runs")


def _state(*paths: Path) -> list[tuple[int, int] | None]:
    return [(p.stat().st_size, p.stat().st_mtime_ns) if p.exists() else None for p in paths]


def _head(path: Path, length: int) -> bytes:
    try:
        with reading(path) as file:
            return file.read(length)
    except FileNotFoundError:
        return b""


def _wrong_with_log(head: bytes) -> str:
    """Of the log's first bytes, by the sum that stands in them."""
    if len(head) < LOG_HEAD:
        return ""
    order = LOG_MAGIC.get(struct.unpack(">I", head[:4])[0])
    if order is None:
        return f"it begins with {head[:4]!r}"
    first = second = 0
    words = struct.unpack(f"{order}6I", head[:24])
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return "" if (first, second) == struct.unpack(">2I", head[24:]) else "the sum of its head is wrong"
