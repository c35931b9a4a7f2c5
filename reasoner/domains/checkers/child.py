"""The child process of `limited`: reads one call a line, runs it within limits, writes one result a line.

`python -m reasoner.domains.checkers.child MEMORY_MB`. It is killed by the system (SIGPROF) when a call has used its
processor time, and ends by itself when nobody is left to ask.
"""

import importlib
import json
import os
import signal
import sys
from typing import Any, BinaryIO


def main() -> None:
    """Answers until standard input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not pass for an answer
    _limit_memory(int(sys.argv[1]))
    for line in sys.stdin.buffer:
        request = json.loads(line)
        module, _, name = request["target"].partition(":")
        function = getattr(importlib.import_module(module), name)
        _write(answers, {"ready": True})
        _write(answers, _told(function, request["arguments"], request["seconds"]))


def _told(function: Any, arguments: list[Any], seconds: float) -> dict[str, Any]:
    _arm(seconds)
    try:
        return {"value": function(*arguments)}
    except MemoryError:
        return {"error": "the check needed too much memory and was stopped", "memory": True}
    except Exception as failure:  # told to the process that asked
        return {"error": f"{type(failure).__name__}: {failure}"[:1000], "memory": False}
    finally:
        _arm(0)


def _arm(seconds: float) -> None:
    """Kills this process after so much processor time; 0: never."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; time is limited there, too
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    wanted = megabytes << 20
    if hard == resource.RLIM_INFINITY or wanted < hard:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def _write(pipe: BinaryIO, told: dict[str, Any]) -> None:
    pipe.write(json.dumps(told).encode() + b"\n")
    pipe.flush()


if __name__ == "__main__":
    main()
