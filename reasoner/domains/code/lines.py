"""One line of a worked call: `name=value`, `name=3+5=8`, and `=value` for what is returned."""

import re
from typing import NamedTuple

from reasoner.domains.code.values import NoValue, Value, read, written

_NAME = re.compile(r"\s*([A-Za-z_]\w*)?\s*=(?!=)")
_SHOWN = re.compile(r"[\d\s+\-*/%(),maxinbs]+=")
"""Numbers, operators, and `max`, `min`, `abs`."""


class Line(NamedTuple):
    """What a line says."""

    name: str
    """Empty for what is returned."""
    shown: str
    """`3+5=` where operands are shown."""
    value: Value


def parsed(text: str) -> Line | None:
    """The line that a text is; None where it is none."""
    head = _NAME.match(text)
    if head is None:
        return None
    rest = text[head.end() :]
    shown = _SHOWN.match(rest)
    for operands in ("", shown[0] if shown else ""):
        try:
            return Line(head[1] or "", "".join(operands.split()), read(rest[len(operands) :]))
        except NoValue:
            continue
    return None


def canonical(step: str) -> str:
    """A line without blanks outside of texts; a program as it is, but for blanks at its end."""
    line = parsed(step)
    return step.rstrip() if line is None else f"{line.name}={line.shown}{written(line.value)}"
