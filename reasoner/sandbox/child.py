"""A child process with three pipes, as jails on this machine see it."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from reasoner.errors import SandboxError
from reasoner.sandbox.interpreter import ENVIRONMENT
from reasoner.types.record import Record

STEP = 0.002
"""Seconds between two looks whether a process has ended."""


class Ended(Record):
    """How a process came to its end."""

    code: int
    """Exit code; negative: the signal that killed it."""
    cpu_seconds: float


class Child(Protocol):
    """A started process: descriptors of its pipes, and its end."""

    stdin: int
    stdout: int
    stderr: int

    def ended(self, within: float) -> Ended | None:
        """Its end, if that comes within these seconds."""
        ...

    def kill(self) -> Ended:
        """Kills it, with its process group, and waits for it."""
        ...


class CommandChild:
    """A command of this machine in a process group of its own."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        try:
            self._process = subprocess.Popen(
                command,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=ENVIRONMENT,
                start_new_session=True,
            )
        except OSError as error:
            raise SandboxError(f"{command[0]!r} could not be started: {error.strerror or error}") from error
        streams = (self._process.stdin, self._process.stdout, self._process.stderr)
        self.stdin, self.stdout, self.stderr = (os.dup(stream.fileno()) for stream in streams if stream is not None)
        for stream in streams:
            if stream is not None:
                stream.close()
        self._ended: Ended | None = None

    def ended(self, within: float) -> Ended | None:
        """Its end, if that comes within these seconds."""
        until = time.monotonic() + within
        while self._ended is None:
            pid, status, usage = os.wait4(self._process.pid, os.WNOHANG)
            if pid:
                self._note(status, usage.ru_utime + usage.ru_stime)
            elif time.monotonic() >= until:
                break
            else:
                time.sleep(STEP)
        return self._ended

    def kill(self) -> Ended:
        """Kills it, with its process group, and waits for it."""
        if self._ended is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            _, status, usage = os.wait4(self._process.pid, 0)
            self._note(status, usage.ru_utime + usage.ru_stime)
        assert self._ended is not None
        return self._ended

    def _note(self, status: int, cpu_seconds: float) -> None:
        code = os.waitstatus_to_exitcode(status)
        self._process.returncode = code
        self._ended = Ended(code=code, cpu_seconds=cpu_seconds)
