"""The Python that runs inside jails: which one, what it may read, its environment, and the launcher's command line."""

import math
import os
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from reasoner.sandbox.system_calls import seccomp_filter
from reasoner.types.sandbox import Limits

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}
"""All of it: no home, no keys, no settings of ours. The order of a set is the same in every jail."""
FLAGS = ("-P", "-s", "-S", "-B")
"""No folder of the script or the user on the path, no site-packages, no written bytecode."""
LAUNCHER = "launcher.py"
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom")


@lru_cache(maxsize=1)
def executable() -> str:
    """The interpreter itself, not the link of a virtual environment, which lies in a folder that jails cannot see."""
    return os.path.realpath(sys.executable)


@lru_cache(maxsize=1)
def readable() -> tuple[str, ...]:
    """Files and folders that the interpreter needs, those that exist here."""
    own = (executable(), str(Path(sys.base_prefix, "lib")))
    return tuple(path for path in (*_SYSTEM, *own) if Path(path).exists())


@lru_cache(maxsize=32)
def source(name: str) -> str:
    """The text of a file of this package that is copied into jails."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def launch(folder: Path, script: str, limits: Limits, *, landlock: bool) -> list[str]:
    """The command that confines itself and then runs `script` in `folder`.

    Args:
        folder: of the jail; the launcher lies there.
        script: name of a file in it.
        limits: of the process.
        landlock: whether the launcher itself restricts the file system; otherwise whoever starts it does.

    Raises:
        SandboxError: there is no list of system calls for this machine.
    """
    return [executable(), *FLAGS, str(folder / LAUNCHER), repr(_config(folder, script, limits, landlock=landlock))]


def _config(folder: Path, script: str, limits: Limits, *, landlock: bool) -> dict[str, Any]:
    megabyte = 2**20
    writable: Sequence[str] = [str(folder)] if limits.disk_mb else []
    return {
        "folder": str(folder),
        "script": script,
        "cpu": math.ceil(limits.cpu_seconds),
        "memory": limits.memory_mb * megabyte,
        "file": limits.disk_mb * megabyte,
        "readable": [*readable(), str(folder)],
        "writable": ["/dev/null", *writable],
        "landlock": landlock,
        "filter": seccomp_filter().hex(),
    }
