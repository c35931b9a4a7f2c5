"""Where a home lies: whether it can be read and written, whether there is room, and who holds its locks."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from reasoner.cli.checkup.check import Check, bad, good

LITTLE_SPACE = 2 * 1024**3
"""Bytes; a run of five cycles leaves some hundred megabytes."""
LITTLE_TEMPORARY = 64 * 1024**2
FEW_FILES = 256
"""Files that a process may have open; a run needs some hundred."""
LOCKS = ("reasoner.lock", "scheduler.lock", "runs/start.lock", "runs/*/lock", "jobs/*/lock", "index/*/.*.lock")


def place(home: Path) -> Iterator[Check]:
    """The folder and the disk that it lies on."""
    yield _folder(home)
    yield from _room(home)
    yield from _limits()
    yield _user()


def _folder(home: Path) -> Check:
    elsewhere = "name another folder with --home DIR, or REASONER_HOME"
    try:
        found = home.stat()
    except FileNotFoundError:
        nearest = _nearest(home)
        if not nearest.is_dir():
            return bad("home", f"{home}: {nearest} is a file, a folder was expected", elsewhere)
        if not os.access(nearest, os.W_OK | os.X_OK) or _is_read_only(nearest):
            return bad("home", f"{home} cannot be made: {nearest} cannot be written", elsewhere)
        return good("home", f"{home}, will be made")
    except OSError as error:
        return bad("home", f"{str(home)[:80]}: {error.strerror}", elsewhere)
    if not home.is_dir():
        return bad("home", f"{home} is a file, a folder was expected", elsewhere)
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        mode, owner = f"{found.st_mode & 0o777:o}", found.st_uid
        return bad("home", f"{home} cannot be read and written (mode {mode}, owner {owner})", f"chmod u+rwx {home}")
    if _is_read_only(home):
        return bad("home", f"{home} lies on a read-only file system", f"mount it for writing, or {elsewhere}")
    shut = [path for path in _within(home) if not os.access(path, os.R_OK | os.W_OK)]
    if shut:
        return bad("home", f"{len(shut)} of its files cannot be written, such as {shut[0]}", f"chmod -R u+rwX {home}")
    return good("home", str(home))


def _within(home: Path) -> Iterator[Path]:
    """What every command writes; the rest is looked at where it is read."""
    for pattern in ("*.db", "*.db-wal", "*.db-shm", *LOCKS):
        yield from home.glob(pattern)


def _room(home: Path) -> Iterator[Check]:
    nearest = _nearest(home)
    free = shutil.disk_usage(nearest).free
    found = f"{free / 1024**3:.1f} GiB free"
    enough, mend = free >= LITTLE_SPACE, "free 2 GiB, or --home DIR on another disk"
    yield good("disk", found) if enough else bad("disk", found, mend)
    left = os.statvfs(nearest)
    if left.f_files and left.f_favail == 0:
        yield bad("disk entries", "no file can be made: all of the disk's entries are used", "remove some files")
    yield _temporary()


def _temporary() -> Check:
    """The folder for temporary files, which is tried: it is no part of the home."""
    mend = "free some of it, or set TMPDIR to a folder on another disk"
    named = os.environ.get("TMPDIR")
    if named and not Path(named).is_dir():
        return bad("temporary files", f"TMPDIR is {named!r}, which is no folder", "make it, or unset TMPDIR")
    try:
        folder = tempfile.gettempdir()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return bad("temporary files", f"no folder can be written ({error.strerror})", mend)
    found = f"{folder}, {free / 1024**3:.1f} GiB free"
    return good("temporary files", found) if free >= LITTLE_TEMPORARY else bad("temporary files", found, mend)


def _limits() -> Iterator[Check]:
    """What the shell lets a process do; not every system has such limits."""
    try:
        import resource
    except ImportError:
        return
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files != resource.RLIM_INFINITY and files < FEW_FILES:
        yield bad("open files", f"at most {files} at once, {FEW_FILES} are needed", "ulimit -n 4096")
    size, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    if size != resource.RLIM_INFINITY and size < LITTLE_SPACE:
        yield bad("size of files", f"at most {size / 1024**2:.0f} MiB a file", "ulimit -f unlimited")


def _user() -> Check:
    from reasoner.config.places import who

    return good("user", who())


def locks(home: Path) -> Iterator[Check]:
    """Who works here now, and what processes have left that were killed."""
    from memory.locks import is_held, process_mark

    held = [path for pattern in LOCKS for path in sorted(home.glob(pattern)) if is_held(path)]
    working = ", ".join(str(path.relative_to(home).parent if path.name == "lock" else path.name) for path in held)
    yield good("at work", working or "nobody")
    left = [path for path in home.rglob("*.partial-*") if _is_of_the_dead(path.name, process_mark)]
    if left:
        names = " ".join(repr(str(path)) for path in left[:3])
        yield bad("leftovers", f"{len(left)} unfinished files of dead processes", f"rm -r {names}")


def _is_of_the_dead(name: str, process_mark: Callable[[int], str]) -> bool:
    """By the process id at its end; what ends otherwise is not ours."""
    pid = name.rpartition(".partial-")[2]
    return pid.isdecimal() and not process_mark(int(pid))


def is_folder(path: Path) -> bool:
    """Whether it is one; a name that the system does not even take is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _nearest(home: Path) -> Path:
    """The home, or the first of the folders above it that is there."""
    for folder in (home, *home.parents):
        try:
            if folder.exists():
                return folder
        except OSError:
            continue
    return Path("/")


def _is_read_only(folder: Path) -> bool:
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
