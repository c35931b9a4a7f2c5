"""The trusted end of a conversation with a jail: one message a line, of bounded size, within a budget of seconds.

Nothing that comes is believed: a line that is no JSON object, too long, or comes unasked is the other side's fault.
What goes out is a literal of built-in types (see `wire.py`), written from what was parsed, never passed on as it came.
"""

import json
import time
from collections.abc import Mapping
from typing import Any

from reasoner.errors import SandboxError
from reasoner.sandbox.interpreter import source
from reasoner.types.sandbox import Jail, JailEnded, Limits, Ran, Sandbox

LARGEST = 2**20
"""Bytes of one message from a jail."""
LARGEST_SENT = 2**24
"""Bytes of one message to it: a program, or the tests of a task."""
STARTS_WITHIN = 30.0
"""Seconds in which a jail must say that it is ready; later is this machine's failure, not the program's."""
SHOWN = 300
"""Characters of an error's text that are shown."""
_SHARED = ("wire.py", "wire_values.py")


class Broken(Exception):
    """The other side is gone, met a limit, or said what it must not. The message says so in words."""


class Conversation:
    """With one jailed script of this package."""

    def __init__(self, sandbox: Sandbox, script: str, limits: Limits) -> None:
        files = {name: source(name) for name in (script, *_SHARED)}
        self._limits, self._rest = limits, bytearray()
        self._jail: Jail = sandbox.start(files, script, limits=limits)
        self._left = STARTS_WITHIN

    def await_ready(self) -> None:
        """Waits until the jailed script has said that it runs, before it has seen anything untrusted.

        Raises:
            SandboxError: it never does.
        """
        try:
            said = self.receive()
        except Broken as error:
            told = self.close().stderr.strip().splitlines()
            raise SandboxError(f"a jail did not start: {told[-1] if told else error}") from error
        if said != {"ready": True}:
            raise SandboxError(f"a jail did not start: it said {said!s:.80}")
        self.renew()

    def renew(self) -> None:
        """Gives it all of its seconds again."""
        self._left = self._limits.wall_seconds

    def ask(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Sends a message and waits for its answer. Raises Broken."""
        if self._rest:
            raise Broken("it spoke unasked")
        data = _line(message)
        began = time.monotonic()
        try:
            self._jail.send(data, within=self._left)
        except JailEnded as error:
            raise self._broken(error) from None
        self._left -= time.monotonic() - began
        return self.receive()

    def receive(self) -> dict[str, Any]:
        """The next message. Raises Broken."""
        while b"\n" not in self._rest:
            began = time.monotonic()
            try:
                self._rest += self._jail.receive(within=max(0.0, self._left))
            except JailEnded as error:
                raise self._broken(error) from None
            self._left -= time.monotonic() - began
            if len(self._rest) > LARGEST:
                raise Broken(f"it sent more than {LARGEST} bytes")
        line, _, rest = bytes(self._rest).partition(b"\n")
        self._rest = bytearray(rest)
        return _object(line)

    def close(self, *, grace: float = 0.0) -> Ran:
        """Ends the jail. With a `grace` of seconds it may end by itself, and its CPU time is then known."""
        return self._jail.close(grace=grace)

    def _broken(self, ended: JailEnded) -> Broken:
        ran = self._jail.close(grace=1.0)
        limits = self._limits
        words = {
            "cpu": f"it used more than {limits.cpu_seconds:g} s of CPU time",
            "wall": f"it took longer than {limits.wall_seconds:g} s",
            "output": f"it wrote more than {limits.output_bytes} bytes",
            "disk": f"it wrote more than {limits.disk_mb} MiB of files",
        }
        by_itself = "was killed" if ran.exit_code is None else f"ended with exit code {ran.exit_code}"
        return Broken(words.get(ended.limit or ran.limit, f"its process {by_itself}"))


def _line(message: Mapping[str, Any]) -> bytes:
    try:
        data = ascii(message).encode("ascii") + b"\n"
    except (ValueError, RecursionError) as error:
        raise Broken("a message to it cannot be written") from error
    if len(data) > LARGEST_SENT:
        raise Broken(f"a message to it would be longer than {LARGEST_SENT} bytes")
    return data


def _object(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line.decode("utf-8", "surrogatepass"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Broken("it sent what is no message") from error
    if not isinstance(message, dict):
        raise Broken("it sent what is no message")
    return message


def _no_number(name: str) -> float:
    raise ValueError(name)


def word(message: Mapping[str, Any], key: str) -> str:
    """A text of a message, shortened; empty where there is none."""
    value = message.get(key)
    return value[:SHOWN] if isinstance(value, str) else ""
