"""What no argument of any command may be: half a character, empty, not finite, a count beyond any sense.

Each command's own file says what its arguments mean. These rules hold for all, so they are put on all in one place,
when a command is loaded.
"""

import math
import os
import re
from typing import Any

from reasoner.errors import UsageError
from reasoner.types.printable import shortened

MOST = 10**9
"""The greatest count, and number of seconds or dollars, that an option takes."""

_EMPTY = re.compile(r"--[a-z-]+=\s*")


def require_text(word: str) -> None:
    """Refuses bytes that are not UTF-8, which Python hands over as halves of surrogate pairs, NUL, and nothing at all.

    Raises:
        UsageError: the word cannot be a value.
    """
    if "\0" in word or not _is_text(word):
        raise UsageError(
            f"argument {shortened(word)}: expected UTF-8 text, got bytes that are none; write it again in UTF-8, or "
            "rename the file"
        )
    if not word.strip() or _EMPTY.fullmatch(word):
        raise UsageError(f"argument {shortened(word)} is empty: give a value, or leave it out")


def require_sense(command: Any) -> None:
    """Has every command, and the commands of a group, look at its numbers before it does anything."""
    for inner in getattr(command, "commands", {}).values():
        require_sense(inner)
        # typer keeps the line ends of a docstring in a group's list of commands, where they break lines in their midst.
        inner.short_help = inner.short_help or " ".join((inner.help or "").split("\n\n")[0].split())
    if not hasattr(command, "commands"):
        command.invoke = _checked(command, command.invoke)


def _checked(command: Any, invoke: Any) -> Any:
    def checked(context: Any) -> Any:
        names = {name for parameter in command.params for name in parameter.opts}
        for parameter in command.params:
            value = context.params.get(parameter.name)
            if isinstance(value, (str, os.PathLike)) and os.fspath(value) in names:
                # Taken for a value it would leave out what was meant, such as --dry-run.
                raise UsageError(f"{parameter.opts[0]} needs a value: given {os.fspath(value)!r}, which is an option")
            # A seed is no count; its setting says what it may be.
            if isinstance(value, (int, float)) and not isinstance(value, bool) and parameter.name != "seed":
                _require_sensible(parameter.opts[0], value)
        return invoke(context)

    return checked


def _require_sensible(name: str, value: float) -> None:
    # An integer can be too large to be a float at all.
    if not (isinstance(value, int) or math.isfinite(value)) or abs(value) > MOST:
        raise UsageError(f"{name} {shortened(value)}: beyond any sense; expected a number of at most {MOST}")


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True
