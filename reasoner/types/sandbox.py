"""The port of sandboxes: a runtime that starts a Python script in a jail and talks with it over its standard streams.

A backend on this machine, a container and a remote service differ in how a jail is made; whoever calls an answer's
functions or grades it needs no more than these methods.
"""

from collections.abc import Mapping
from typing import Literal, Protocol

from pydantic import Field

from reasoner.types.record import Record

Limit = Literal["", "cpu", "wall", "output", "disk"]
"""The limit that ended a process; empty where none did."""


class Limits(Record):
    """What one jailed process may use. The defaults suit short programs of the standard library."""

    cpu_seconds: float = Field(default=2.0, gt=0)
    """Rounded up to whole seconds by the kernel's limit."""
    wall_seconds: float = Field(default=10.0, gt=0)
    """Of waiting for it, whatever it does."""
    memory_mb: int = Field(default=512, ge=64)
    """MiB of address space (RLIMIT_AS), which counts stacks of threads and mapped libraries."""
    output_bytes: int = Field(default=2**20, ge=1)
    """Of standard output that nobody has read yet, and of all standard error."""
    disk_mb: int = Field(default=0, ge=0)
    """MiB of files in its folder, which is removed afterwards. With 0 the folder is read-only."""


class Ran(Record):
    """What became of a process."""

    exit_code: int | None
    """None: it was killed."""
    stdout: str
    stderr: str
    seconds: float
    """Of wall-clock time, from its start to its end."""
    cpu_seconds: float = 0.0
    """Of user and system time; 0 where the backend cannot tell."""
    limit: Limit = ""


class JailEnded(Exception):
    """The other side is gone or was stopped. `limit` names the limit that it met; empty: it ended by itself."""

    def __init__(self, limit: Limit = "") -> None:
        super().__init__(limit or "ended")
        self.limit: Limit = limit


class Jail(Protocol):
    """One confined process. Closing it twice is allowed; a jail that is not closed leaks a process."""

    def send(self, data: bytes, *, within: float) -> None:
        """Writes to its standard input. Raises JailEnded where that takes longer than `within` seconds."""
        ...

    def end_input(self) -> None:
        """Closes its standard input: a script that reads to the end then goes on."""
        ...

    def receive(self, *, within: float) -> bytes:
        """What came on its standard output since the last call; waits for something. Raises JailEnded."""
        ...

    def close(self, *, grace: float = 0.0) -> Ran:
        """Closes its input, waits `grace` seconds for its end, kills it, removes its folder."""
        ...


class Sandbox(Protocol):
    """A runtime for untrusted Python."""

    name: str
    version: str
    """Both are part of a verdict's fingerprint."""

    def start(self, files: Mapping[str, str], script: str, *, limits: Limits) -> Jail:
        """Starts `script`, one of `files` (name to text), in a fresh folder that holds nothing else.

        Raises:
            SandboxError: the jail could not be made.
        """
        ...
