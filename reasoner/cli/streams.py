"""Standard input, output and error as a command needs them, whatever they were when it was started.

A shell can close them (`>&-`), a locale can know no signs but ASCII, a disk can be full, a reader can close a pipe.
None of these is worth a traceback, and a closed one must not lend its number to a database.
"""

import os
import sys
from typing import TextIO

from reasoner.errors import EXIT_FAILED

WIDTHS = ("COLUMNS", "LINES", "TERMINAL_WIDTH")
"""Variables that libraries read as numbers, each in its own way."""


def open_streams() -> None:
    """Opens closed streams on nothing, shows signs that an encoding does not know as escapes, forgets odd widths."""
    for name in WIDTHS:
        given = os.environ.get(name, "")
        if not (given.isascii() and given.isdigit() and 0 < int(given[:6]) < 100_000):
            os.environ.pop(name, None)
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is this one.
            os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(number, True)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def flush_streams() -> None:
    """Writes what is still held back, so that a failure is said and ends with 1; Python would print one of its own."""
    _flush(sys.stderr)
    error = _flush(sys.stdout)
    if error is not None and not isinstance(error, BrokenPipeError):
        print(f"error: standard output: {error.strerror}; what was printed is not complete", file=sys.stderr)
    if error is not None:
        raise SystemExit(EXIT_FAILED) from error


def _flush(stream: TextIO) -> OSError | None:
    try:
        stream.flush()
    except OSError as error:
        # What is held back can go nowhere; nothing else shall try.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return error
    return None
