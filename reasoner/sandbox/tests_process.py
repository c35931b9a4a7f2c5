"""Runs inside a jail of its own: executes the tests of a task, whose calls are answered from another jail.

Tests come from rows of a file, so they are untrusted as well; but the program that they judge never meets them.
Messages: {"setup": TEXT, "tests": [TEXT], "names": [NAME]} -> any number of {"call": NAME, "args": TREE, "kwargs":
TREE}, each answered by {"value": TREE}, {"raised": TYPE, "text": ...} or {"stop": true}, after which no call is made ->
{"passed": N} or {"failed": ..., "test": ...}.

Stand-alone: this file is copied into jails and imports the standard library alone.
"""

import builtins
import sys

from wire import Wire
from wire_values import CannotCross, pack, unpack

TEXT = 500
"""Characters of a failing test, or of an exception's text."""
FILE = "<tests>"
RECURSION = sys.getrecursionlimit()
BUILTINS = dict(builtins.__dict__)


class Unsupported(BaseException):
    """The tests hand over what cannot cross; not an Exception, so that tests do not catch it."""


class Stopped(BaseException):
    """The verdict is known already."""


def caller(wire: Wire, name: str, stopped: list[bool]) -> object:
    """What stands for a function of the program; `stopped` holds something once no more calls are to be made."""

    def call(*args: object, **kwargs: object) -> object:
        if stopped:
            raise Stopped
        try:
            message = {"call": name, "args": pack(list(args)), "kwargs": pack(kwargs)}
        except CannotCross as error:
            raise Unsupported(f"the tests hand {error} to {name}") from None
        wire.send(message)
        reply = wire.receive()
        if "stop" in reply:
            stopped.append(True)
            raise Stopped
        if "raised" in reply:
            raise exception(reply["raised"])(reply["text"])
        return unpack(reply["value"])

    call.__name__ = name
    return call


def exception(name: str) -> type[Exception]:
    """The built-in exception of that name, or RuntimeError."""
    found = BUILTINS.get(name)
    return found if isinstance(found, type) and issubclass(found, Exception) else RuntimeError


def failing_line(error: BaseException, source: str) -> str:
    """The deepest line of the tests in which the error came up."""
    number, place, text = 0, error.__traceback__, source.splitlines()
    while place is not None:
        if place.tb_frame.f_code.co_filename == FILE:
            number = place.tb_lineno
        place = place.tb_next
    return text[number - 1].strip()[:TEXT] if 0 < number <= len(text) else ""


def restore() -> None:
    """Sets back what the tests of one task may have changed for those of the next."""
    builtins.__dict__.clear()
    builtins.__dict__.update(BUILTINS)
    sys.setrecursionlimit(RECURSION)
    if "random" in sys.modules:
        sys.modules["random"].seed(0)


def judge(wire: Wire, message: dict) -> dict:
    """Runs all tests of one task in a fresh namespace."""
    restore()
    space, stopped = {"__name__": "tests", "__builtins__": builtins}, []
    test = message["setup"]
    try:
        exec(compile(test, "<setup>", "exec"), space)
        space.update((name, caller(wire, name, stopped)) for name in message["names"])
        for test in message["tests"]:
            exec(compile(test, FILE, "exec"), space)
        restore()
        return {"passed": len(message["tests"])}
    except Unsupported as error:
        return {"unsupported": str(error)[:TEXT]}
    except BaseException as error:
        restore()
        text = f"{type(error).__name__}: {error}"[:TEXT]
        return {"failed": text, "test": failing_line(error, test)}


def main() -> None:
    """Judges one task after the other."""
    wire = Wire()
    wire.send({"ready": True})
    while True:
        wire.send(judge(wire, wire.receive()))


main()
