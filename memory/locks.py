"""Locks and identities that outlive nothing: the system lets go of them when their process dies.

A file lock answers "is somebody at it now?", a process mark answers "is the one who wrote this row still alive?".
"""

import fcntl
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MACHINE_VARIABLE = "REASONER_MACHINE"
"""Names a machine where host names do not tell: containers that all have the same one, or none of their own."""


def machine() -> str:
    """The name of this machine. Processes of one machine see one another; of the others only heartbeats are seen."""
    return os.environ.get(MACHINE_VARIABLE) or socket.gethostname()


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Holds the file's lock, waiting for whoever has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def claimed(path: Path, *, patience: float) -> Iterator[bool]:
    """Tries for `patience` seconds to hold the file's lock; yields whether it does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + patience
    with path.open("a") as file:
        held = _take(file.fileno())
        while not held and time.monotonic() < deadline:
            time.sleep(0.02)
            held = _take(file.fileno())
        yield held


def is_held(path: Path) -> bool:
    """Whether a living process holds the file's lock."""
    if not path.exists():
        return False
    with path.open("a") as file:
        return not _take(file.fileno())


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
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
