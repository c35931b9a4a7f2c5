"""Runs a script in a sandbox to its end: what goes in, what comes out."""

import time
from collections.abc import Mapping

from reasoner.types.sandbox import JailEnded, Limits, Ran, Sandbox

END = 1.0
"""Seconds that a process has to end after it closed its output."""


def run(
    sandbox: Sandbox, files: Mapping[str, str], script: str, *, limits: Limits | None = None, stdin: bytes = b""
) -> Ran:
    """Starts `script`, one of `files`, gives it `stdin`, and waits for its end or for a limit.

    Raises:
        SandboxError: the jail could not be made.
    """
    limits = limits or Limits()
    until = time.monotonic() + limits.wall_seconds
    jail = sandbox.start(files, script, limits=limits)
    out = bytearray()
    try:
        if stdin:
            jail.send(stdin, within=limits.wall_seconds)
        jail.end_input()
        while len(out) <= limits.output_bytes:
            out += jail.receive(within=max(0.0, until - time.monotonic()))
    except JailEnded:
        pass
    finally:
        over = len(out) > limits.output_bytes
        ran = jail.close(grace=0.0 if over else END)
    return ran.model_copy(
        update={
            "stdout": out.decode("utf-8", errors="backslashreplace") + ran.stdout,
            "limit": "output" if over and not ran.limit else ran.limit,
        }
    )
