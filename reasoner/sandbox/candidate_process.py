"""Runs inside a jail: loads an untrusted program and calls its functions as it is told to.

Whatever the program does in here, it changes its own answers alone: the tests, the comparisons and the verdict are in
other processes. Messages: {"load": TEXT} -> {"loaded": true}; {"call": NAME, "args": TREE, "kwargs": TREE} ->
{"value": TREE}. Either may be answered by {"raised": TYPE, "text": ...} or {"odd": WHAT}.

Stand-alone: this file is copied into jails and imports the standard library alone.
"""

import sys

from wire import Wire
from wire_values import CannotCross, pack, unpack

TEXT = 300
"""Characters of an exception's text."""


def told(error: BaseException) -> dict:
    """An exception as a message; its own `__str__` may do anything."""
    try:
        text = str(error)[:TEXT]
    except BaseException:
        text = ""
    return {"raised": str(type(error).__name__)[:TEXT], "text": text}


def load(program: str, space: list[dict]) -> dict:
    """Runs the program's top level."""
    module = type(sys)("answer")
    sys.modules["answer"] = module
    space.append(module.__dict__)
    try:
        exec(compile(program, "<answer>", "exec"), module.__dict__)
    except BaseException as error:
        return told(error)
    return {"loaded": True}


def answer(message: dict, space: dict) -> dict:
    """What a function returns, packed."""
    try:
        function = space[message["call"]]
    except KeyError:
        return {"raised": "NameError", "text": f"name {message['call']!r} is not defined"}
    arguments = unpack(message["args"])
    named = dict(unpack(message["kwargs"]))
    try:
        value = function(*arguments, **named)
        return {"value": pack(value)}
    except CannotCross as error:
        return {"odd": str(error)}
    except BaseException as error:
        return told(error)


def main() -> None:
    """Answers messages until there are no more."""
    wire, space = Wire(), [{}]
    wire.send({"ready": True})
    while True:
        message = wire.receive()
        wire.send(load(message["load"], space) if "load" in message else answer(message, space[-1]))


main()
