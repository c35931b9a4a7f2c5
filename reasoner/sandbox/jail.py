"""A jail on this machine: a fresh folder, a confined child, and the limits that are watched from outside.

Its pipes never block: whatever the child does with them, the trusted side waits no longer than it was told to. The
kernel watches CPU time and memory; wall-clock time, output and files are watched here.
"""

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from reasoner.errors import SandboxError
from reasoner.sandbox.child import Child
from reasoner.sandbox.interpreter import LAUNCHER, source
from reasoner.types.sandbox import JailEnded, Limit, Limits, Ran

LOOK = 0.1
"""Seconds between two looks at the files of a jail that may write some."""
MOST_FILES = 1000
CHUNK = 2**16
BY_SIGNAL = 128
"""Added to a signal's number in the exit code of a runtime whose child it killed (bwrap, shells)."""
NEARLY = 0.75
"""Share of the CPU limit from which another signal than SIGXCPU is the kernel's for that limit as well: its clock
counts ticks, the sum counts time, and on a shared machine .72 of the limit has been seen."""


def make_folder(files: Mapping[str, str]) -> Path:
    """A fresh folder of a jail with the launcher and these files.

    Raises:
        SandboxError: the machine has no room for it, or refuses.
    """
    for name in files:
        if Path(name).name != name:
            raise SandboxError(f"a jail's file is called {name!r}; expected a plain name without a folder")
    try:
        folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="jail-")))
    except OSError as error:
        raise SandboxError(f"no folder could be made for a jail: {error}") from error
    try:
        for name, text in ({LAUNCHER: source(LAUNCHER)} | dict(files)).items():
            (folder / name).write_text(text, encoding="utf-8", errors="surrogatepass")
    except OSError as error:
        remove(folder)
        raise SandboxError(f"a jail's files could not be written: {error}") from error
    return folder


class LocalJail:
    """A confined child of this process. `start` gets the folder and starts the child in it."""

    def __init__(self, files: Mapping[str, str], limits: Limits, start: Callable[[Path], Child]) -> None:
        self._limits, self._limit = limits, ""
        self._folder, self._began = make_folder(files), time.monotonic()
        self._ran: Ran | None = None
        self._out, self._err, self._in = bytearray(), bytearray(), memoryview(b"")
        try:
            self._child = start(self._folder)
        except BaseException:
            remove(self._folder)
            raise
        self._streams = selectors.DefaultSelector()
        for stream in (self._child.stdin, self._child.stdout, self._child.stderr):
            os.set_blocking(stream, False)
        for stream in (self._child.stdout, self._child.stderr):
            self._streams.register(stream, selectors.EVENT_READ)
        self._looked = 0.0

    def send(self, data: bytes, *, within: float) -> None:
        """Writes to its standard input; raises JailEnded where that takes longer."""
        self._in = memoryview(data)
        self._streams.register(self._child.stdin, selectors.EVENT_WRITE)
        try:
            for _ in self._turns(within):
                if not self._in:
                    return
        finally:
            self._streams.unregister(self._child.stdin)

    def end_input(self) -> None:
        """Closes its standard input."""
        if self._child.stdin >= 0:
            os.close(self._child.stdin)
            self._child.stdin = -1

    def receive(self, *, within: float) -> bytes:
        """What came on its standard output since the last call; raises JailEnded."""
        for _ in self._turns(within):
            if self._out:
                data, self._out = bytes(self._out), bytearray()
                return data
            if self._child.stdout not in self._streams.get_map():
                break
        raise JailEnded

    def close(self, *, grace: float = 0.0) -> Ran:
        """Closes its input, waits for its end, kills it, removes its folder."""
        if self._ran is None:
            self.end_input()
            ended = self._child.ended(grace)
            killed = ended is None
            ended = self._child.kill() if ended is None else ended
            self._drain()
            limit: Limit = self._limit  # pyright: ignore[reportAssignmentType]
            spent = ended.cpu_seconds >= self._limits.cpu_seconds * NEARLY
            by_signal = not killed and not 0 <= ended.code < BY_SIGNAL
            told = ended.code in (-signal.SIGXCPU, BY_SIGNAL + signal.SIGXCPU)
            self._ran = Ran(
                exit_code=None if killed or by_signal else ended.code,
                stdout=_text(self._out),
                stderr=_text(self._err),
                seconds=round(time.monotonic() - self._began, 4),
                cpu_seconds=ended.cpu_seconds,
                limit=limit or ("cpu" if by_signal and (told or spent) else ""),
            )
            self._streams.close()
            os.close(self._child.stdout)
            os.close(self._child.stderr)
            remove(self._folder)
        return self._ran

    def _turns(self, within: float) -> Iterator[None]:
        """One turn after each thing that happened on a pipe; raises where a limit is met."""
        until = time.monotonic() + within
        yield
        while True:
            left = until - time.monotonic()
            if left <= 0:
                self._stop("wall")
            watched = self._limits.disk_mb > 0
            for key, _ in self._streams.select(min(left, LOOK) if watched else left):
                self._move(key.fd)
            if watched:
                self._look_at_files()
            yield

    def _move(self, stream: int) -> None:
        """Moves what can be moved on one pipe."""
        if stream == self._child.stdin:
            try:
                self._in = self._in[os.write(stream, self._in[:CHUNK]) :]
            except BlockingIOError:
                return
            except BrokenPipeError:
                raise JailEnded from None
            return
        data = os.read(stream, CHUNK)
        if not data:
            self._streams.unregister(stream)
        kept = self._out if stream == self._child.stdout else self._err
        kept += data
        if len(kept) > self._limits.output_bytes:
            self._stop("output")

    def _look_at_files(self) -> None:
        now = time.monotonic()
        if now - self._looked >= LOOK:
            self._looked = now
            if _is_over(self._folder, self._limits.disk_mb * 2**20):
                self._stop("disk")

    def _stop(self, limit: Limit) -> None:
        self._limit = limit
        self._child.kill()
        raise JailEnded(limit)

    def _drain(self) -> None:
        """What a process that has ended left in its pipes, up to the limit."""
        for stream, kept in ((self._child.stdout, self._out), (self._child.stderr, self._err)):
            with contextlib.suppress(BlockingIOError):
                while len(kept) <= self._limits.output_bytes and (data := os.read(stream, CHUNK)):
                    kept += data


def remove(folder: Path) -> None:
    """Removes a jail's folder, however deep and whatever its modes; `rm` goes deeper than Python's recursion."""
    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        subprocess.run(["chmod", "-R", "u+rwx", "--", folder], check=False, capture_output=True)
        subprocess.run(["rm", "-rf", "--", folder], check=False, capture_output=True)


def _is_over(folder: Path, most: int) -> bool:
    """Whether the files of a folder take more than `most` bytes of disk, or are more than a thousand."""
    total, count, todo = 0, 0, [os.fspath(folder)]
    while todo:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    count += 1
                    total += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
                    if count > MOST_FILES or total > most + 2**16:
                        return True
        except OSError:
            # A folder that went away while it was looked at, or that the jail closed: counted as one file.
            count += 1
    return False


def _text(data: bytes | bytearray) -> str:
    return bytes(data).decode("utf-8", errors="backslashreplace")
