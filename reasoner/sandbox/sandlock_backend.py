"""sandlock as a sandbox: Landlock and a supervised filter of system calls, from a wheel; then our launcher inside.

The package (Apache-2.0) is the extra `sandbox`. It needs Landlock version 6 (Linux 6.12). It confines files, network
and processes; the launcher adds the limits that it does not set (CPU time, address space, size of files), takes root's
capabilities away, and filters the calls that it lets through (chmod, prlimit64 of another process).
"""

import contextlib
import importlib
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reasoner.errors import SandboxError
from reasoner.sandbox.child import STEP, Ended
from reasoner.sandbox.interpreter import ENVIRONMENT, launch, readable
from reasoner.sandbox.jail import LocalJail
from reasoner.types.sandbox import Limits

_DIED = 10.0
"""Seconds that a killed process may take to be gone."""


class SandlockSandbox:
    """Jails made by sandlock, with our launcher inside."""

    name = "sandlock"

    def __init__(self) -> None:
        try:
            self._library: Any = importlib.import_module("sandlock")
        except ImportError as error:
            raise SandboxError("sandlock is not installed; `pip install 'reasoner[sandbox]'`") from error
        except OSError as error:
            raise SandboxError(f"sandlock is installed and cannot be loaded: {error}") from error
        has, needs = self._library.landlock_abi_version(), self._library.min_landlock_abi()
        if has < needs:
            raise SandboxError(f"the kernel's Landlock is of version {has}; sandlock needs {needs} (Linux 6.12)")
        self.version = str(self._library.__version__)

    def start(self, files: Mapping[str, str], script: str, *, limits: Limits) -> LocalJail:
        """See `Sandbox.start`."""

        def child(folder: Path) -> SandlockChild:
            places = {"fs_readable": [*readable(), str(folder)], "fs_writable": ["/dev/null"]}
            if limits.disk_mb:
                places["fs_writable"].append(str(folder))
            jail = self._library.Sandbox(**places, clean_env=True, env=dict(ENVIRONMENT), cwd=str(folder))
            return SandlockChild(self._library, jail, launch(folder, script, limits, landlock=False))

        return LocalJail(files, limits, child)


class SandlockChild:
    """A process that sandlock started; sandlock's own supervisor waits for it."""

    def __init__(self, library: Any, jail: Any, command: list[str]) -> None:
        piped = library.sandbox.StdioMode.PIPED
        try:
            self._process = jail.popen(command, stdin=piped, stdout=piped, stderr=piped)
        except (RuntimeError, OSError, ValueError) as error:
            raise SandboxError(f"sandlock could not start a process: {error}") from error
        streams = (self._process.stdin, self._process.stdout, self._process.stderr)
        self.stdin, self.stdout, self.stderr = (os.dup(stream.fileno()) for stream in streams)
        for stream in streams:
            stream.close()
        self._pid: int = self._process.pid or 0
        self._cpu, self._ended = 0.0, None

    def ended(self, within: float) -> Ended | None:
        """Its end, if that comes within these seconds."""
        until = time.monotonic() + within
        while self._ended is None and self._is_running():
            if time.monotonic() >= until:
                return None
            time.sleep(STEP)
        return self._reaped(_DIED)

    def kill(self) -> Ended:
        """Kills it, with its process group, and waits for it."""
        if self._ended is None:
            self._is_running()
            with contextlib.suppress(OSError):
                os.killpg(self._pid, signal.SIGKILL)
        return self._reaped(_DIED)

    def _reaped(self, within: float) -> Ended:
        if self._ended is None:
            result = self._process.wait(timeout=within)
            code = -result.signal if result.signal > 0 else result.exit_code
            self._ended = Ended(code=code, cpu_seconds=self._cpu)
        return self._ended

    def _is_running(self) -> bool:
        """Notes the CPU time as well, which the kernel keeps until somebody has waited for the process (proc(5))."""
        try:
            fields = Path(f"/proc/{self._pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(") ")[2]
        except OSError:
            return False
        state, *numbers = fields.split()
        self._cpu = (int(numbers[10]) + int(numbers[11])) / os.sysconf("SC_CLK_TCK")
        return state not in "ZX"
