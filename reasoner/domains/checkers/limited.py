"""Calls a function in a child process that is killed when it takes too long.

For what can hang within one call of a C library, where no exception of Python arrives: a catastrophic pattern, a query,
a simplification. The child (`child.py`) is started with the first call, which takes about a second, and kept; a killed
one is replaced by the next call. The limit is processor time of the child, so that a busy machine does not decide what
is right, and a call that reaches it is the checker's failure (`error`), not a wrong answer, for the same reason.
"""

import atexit
import json
import os
import queue
import subprocess
import sys
import threading
from typing import Any

from reasoner.domains.checkers.base import LimitReached

MEMORY_MB = 2048
"""Address space of the child."""
_START_SECONDS = 120.0
_PATIENCE = 10
"""Wall seconds that are waited for one second of processor time."""
_KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMPDIR", "LANG", "LC_ALL")
"""Variables that the child sees: no keys of providers among them."""


def call(target: str, *arguments: Any, seconds: float = 2.0) -> Any:
    """What `module:function` returns in the child.

    Args:
        target: a function of this project, whose arguments and result are plain JSON.
        seconds: processor time that it may take.

    Raises:
        LimitReached: it took longer, used more than `MEMORY_MB`, or the child died.
        RuntimeError: the function raised; with its message.
    """
    with _LOCK:
        return _child().call(target, arguments, seconds)


class _Child:
    """One child process; used by one thread at a time."""

    def __init__(self) -> None:
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environment["PYTHONHASHSEED"] = "0"  # the order of a set must not decide what is drawn or right
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        self.owner = os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "reasoner.domains.checkers.child", str(MEMORY_MB)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
            start_new_session=True,
        )  # fmt: skip
        self._lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._read, name="checker-child", daemon=True).start()

    @property
    def usable(self) -> bool:
        """Whether it lives, and belongs to this process rather than to the one that this was forked from."""
        return self.owner == os.getpid() and self._process.poll() is None

    def call(self, target: str, arguments: tuple[Any, ...], seconds: float) -> Any:
        request = {"target": target, "arguments": arguments, "seconds": seconds}
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            self.close()
            raise LimitReached("the child process that checks answers ended by itself") from None
        self._answer(_START_SECONDS, "did not start within two minutes")
        told = self._answer(_PATIENCE * seconds, f"took more than {seconds:g} seconds")
        if "error" in told:
            raise (LimitReached if told["memory"] else RuntimeError)(told["error"])
        return told["value"]

    def _answer(self, seconds: float, late: str) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            line = b""
        if not line:
            self.close()
            raise LimitReached(f"the check {late} and was stopped")
        return json.loads(line)

    def close(self) -> None:
        """Ends the process, unless another one owns it."""
        if self.owner == os.getpid():
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and self.owner == os.getpid():
                try:
                    pipe.close()
                except OSError:
                    continue  # what could not be written is of no use to a process that ended

    def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                self._lines.put(line)
        except (OSError, ValueError):
            pass  # closed while it was read: the end, too
        self._lines.put(b"")


_LOCK = threading.Lock()
_CHILDREN: list[_Child] = []


def _child() -> _Child:
    if not (_CHILDREN and _CHILDREN[-1].usable):
        close()
        _CHILDREN.append(_Child())
    return _CHILDREN[-1]


@atexit.register
def close() -> None:
    """Ends the child, if there is one."""
    while _CHILDREN:
        _CHILDREN.pop().close()
