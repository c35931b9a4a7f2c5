"""Our own launcher as a sandbox: Landlock, a filter of system calls, limits, no capabilities; no namespaces, no root.

For machines where neither sandlock nor bubblewrap works: a hardened container often has no namespaces to give away.
Needs Linux 6.2 (Landlock version 3) on x86-64.
"""

import ctypes
import os
import platform
from collections.abc import Mapping
from pathlib import Path

from reasoner.errors import SandboxError
from reasoner.sandbox.child import CommandChild
from reasoner.sandbox.interpreter import launch
from reasoner.sandbox.jail import LocalJail
from reasoner.types.sandbox import Limits

LEAST = 3
"""The version of Landlock in which truncating a file is an access of its own."""
_CREATE_RULESET, _ASK_VERSION = 444, 1


def landlock_version() -> int:
    """Of the running kernel.

    Raises:
        SandboxError: it has none, or an older one than is needed.
    """
    if platform.system() != "Linux":
        raise SandboxError(f"Landlock is a part of Linux, and this is {platform.system()!r}")
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(ctypes.c_long(_CREATE_RULESET), None, ctypes.c_size_t(0), _ASK_VERSION)
    if version < 0:
        raise SandboxError(f"the kernel has no Landlock: {os.strerror(ctypes.get_errno())}")
    if version < LEAST:
        raise SandboxError(f"the kernel's Landlock is of version {version}; {LEAST} is needed (Linux 6.2)")
    return version


class LandlockSandbox:
    """Jails made by the launcher alone."""

    name = "landlock"

    def __init__(self) -> None:
        self.version = f"abi {landlock_version()}"

    def start(self, files: Mapping[str, str], script: str, *, limits: Limits) -> LocalJail:
        """See `Sandbox.start`."""

        def child(folder: Path) -> CommandChild:
            return CommandChild(launch(folder, script, limits, landlock=True), folder)

        return LocalJail(files, limits, child)
