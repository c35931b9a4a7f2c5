"""Which sandbox works on this machine: each is tried once a process, by a script that attempts what must be denied.

The order is fixed: sandlock, bubblewrap, our own launcher. A backend that is installed and does not hold is passed over
with its reason; where none holds nothing untrusted is run. There is no setting that runs it without one.
"""

import json
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from reasoner.errors import SandboxError, UsageError
from reasoner.sandbox.bubblewrap import BubblewrapSandbox
from reasoner.sandbox.landlock import LandlockSandbox
from reasoner.sandbox.running import run
from reasoner.sandbox.sandlock_backend import SandlockSandbox
from reasoner.types.record import Record
from reasoner.types.sandbox import Limits, Sandbox

BACKENDS: dict[str, Callable[[], Sandbox]] = {
    "sandlock": SandlockSandbox,
    "bubblewrap": BubblewrapSandbox,
    "landlock": LandlockSandbox,
}
"""In the order of preference. A container or a remote service would be one more line."""

_PROBE = """
import json, os, socket, sys
path, denied = sys.stdin.readline().strip(), {}
def connect():
    with socket.socket() as one:
        one.settimeout(1)
        one.connect(("127.0.0.1", 9))
attempts = {
    "read /etc/passwd": lambda: open("/etc/passwd").read(),
    "read a file of this user": lambda: open(path).read(),
    "write beside that file": lambda: open(path + ".written", "w"),
    "connect": connect,
    "fork": os.fork,
    "run a program": lambda: os.execv("/usr/bin/env", ["env"]),
}
for name, attempt in attempts.items():
    try:
        attempt()
        denied[name] = "was allowed"
    except ConnectionRefusedError:
        denied[name] = "reached the network"
    except (OSError, MemoryError):
        denied[name] = ""
print(json.dumps(denied))
"""


class Trial(Record):
    """What came of trying one backend."""

    name: str
    version: str = ""
    fault: str = ""
    """Why it cannot be used; empty where it works."""


@lru_cache(maxsize=1)
def trials() -> tuple[Trial, ...]:
    """All backends, tried here."""
    return tuple(trial(name) for name in BACKENDS)


@lru_cache(maxsize=8)
def trial(name: str) -> Trial:
    """One backend, tried here."""
    try:
        sandbox = BACKENDS[name]()
        fault = fault_of(sandbox)
    except SandboxError as error:
        return Trial(name=name, fault=str(error))
    return Trial(name=name, version=sandbox.version, fault=fault)


@lru_cache(maxsize=8)
def choose(name: str = "") -> Sandbox:
    """The first backend that works here, or the named one.

    Raises:
        SandboxError: none does; the message says why for each.
        UsageError: there is no backend of that name.
    """
    if name and name not in BACKENDS:
        raise UsageError(f"there is no sandbox {name!r}; expected one of {', '.join(BACKENDS)}")
    faults = []
    for one in [name] if name else BACKENDS:
        found = trial(one)
        if not found.fault:
            return BACKENDS[one]()
        faults.append(f"{one}: {found.fault}")
    raise SandboxError(
        f"untrusted code cannot be confined here, so it is not run ({'; '.join(faults)}); "
        "install `reasoner[sandbox]` or bubblewrap, or use a machine with Linux 6.2 or later on x86_64"
    )


def fault_of(sandbox: Sandbox) -> str:
    """Why a sandbox does not hold what it must, found by running a script in it; empty where it does."""
    with tempfile.TemporaryDirectory(prefix="probe-") as folder:
        secret = Path(folder, "secret")
        secret.write_text("secret", encoding="utf-8")
        try:
            ran = run(
                sandbox, {"probe.py": _PROBE}, "probe.py", limits=Limits(wall_seconds=30), stdin=f"{secret}\n".encode()
            )
        except SandboxError as error:
            return str(error)
    try:
        found = json.loads(ran.stdout)
    except ValueError:
        told = ran.stderr.strip().splitlines() or [f"exit code {ran.exit_code}, nothing said"]
        return f"a script does not run in it: {told[-1]}"
    return "; ".join(f"{what}: {fault}" for what, fault in found.items() if fault)
