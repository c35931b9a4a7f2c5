"""Locks and identities that outlive nothing: the system lets go of them when their process dies.

A file lock answers "is somebody at it now?", a process mark answers "is the one who wrote this row still alive?".
"""

import errno
import fcntl
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reasoner.errors import BusyError
from reasoner.storage.refusals import of_system
from reasoner.storage.regular import open_regular

PATIENCE = 60.0
"""Seconds that a lock is waited for by those who cannot go on without it: the longest is held while an index of
millions is written."""

MACHINE_VARIABLE = "REASONER_MACHINE"
"""Names a machine where host names do not tell: containers that all have the same one, or none of their own."""


def machine() -> str:
    """The name of this machine. Processes of one machine see one another; of the others only heartbeats are seen."""
    return os.environ.get(MACHINE_VARIABLE) or socket.gethostname()


@contextmanager
def exclusive(path: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Holds the file's lock, waiting for whoever has it.

    Raises:
        BusyError: nobody let go of it within `patience` seconds.
        StorageError: files cannot be locked there.
    """
    with claimed(path, patience=patience) as held:
        if not held:
            raise BusyError(
                f"{str(path)!r} was locked for {patience:g} seconds by another process; end that process or wait, "
                "then run the same command again"
            )
        yield


@contextmanager
def claimed(path: Path, *, patience: float) -> Iterator[bool]:
    """Tries for `patience` seconds to hold the file's lock; yields whether it does.

    Raises:
        StorageError: files cannot be locked there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + patience
    descriptor = open_regular(path, os.O_RDWR | os.O_CREAT)
    try:
        held = _take(descriptor, path)
        while not held and time.monotonic() < deadline:
            time.sleep(0.02)
            held = _take(descriptor, path)
        yield held
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether a living process holds the file's lock."""
    if not path.exists():
        return False
    # Reading is enough: this is asked of homes that cannot be written as well.
    descriptor = open_regular(path)
    try:
        return not _take(descriptor, path)
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        # The system's error names no file; a file system that has no locks says so in several ways.
        number = errno.ENOLCK if error.errno in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP) else error.errno
        raise of_system(OSError(number, error.strerror), str(path)) from error
    return True


def process_mark(pid: int | None = None) -> str:
    """What tells this process from any other, before and after a reboot: `pid/start/boot`; empty for a dead one."""
    pid = os.getpid() if pid is None else pid
    stat = Path(f"/proc/{pid}/stat")
    return _linux_mark(pid, stat) if Path("/proc/self/stat").exists() else _posix_mark(pid)


def is_alive(mark: str) -> bool:
    """Whether the process that wrote the mark still runs."""
    return bool(mark) and process_mark(pid_of(mark)) == mark


def pid_of(mark: str) -> int:
    """The process id within a mark."""
    return int(mark.partition("/")[0])


def _linux_mark(pid: int, stat: Path) -> str:
    try:
        # The command's name may hold blanks and brackets; after its last bracket come state (0) ... start time (19).
        fields = stat.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return "" if fields[0] in "ZX" else f"{pid}/{fields[19]}/{boot}"


def _posix_mark(pid: int) -> str:
    ps = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, start = ps.stdout.strip().partition(" ")
    return "" if not state or state.startswith("Z") else f"{pid}/{' '.join(start.split())}/"
