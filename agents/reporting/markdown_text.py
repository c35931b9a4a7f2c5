"""Text of others in Markdown: nothing in it is a link, an image, HTML, code or a column. The border of `report.md`."""

import re

from reasoner.types.printable import one_line

_ACTIVE = re.compile(r"([\\`*_\[\]<>|~&$])")
"""Signs that mean something in Markdown, or in HTML within it, wherever they stand; a backslash makes them plain."""
_AT_START = re.compile(r"^\s*(?=[-+#=]|\d+[.)])")
"""Beginnings of lists and headings."""
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|mailto|www)(?=[:.])")
"""Beginnings of addresses, of which readers make links without any sign."""


def plain(value: object) -> str:
    """A value as words of one line, such as a question or a reason."""
    found = _ACTIVE.sub(r"\\\1", one_line(str(value)))
    found = _ADDRESS.sub(r"\1&#8203;", found).replace("@", "&#64;")
    return _AT_START.sub(r"\\", found) if not found[:1].isdigit() else re.sub(r"^(\d+)([.)])", r"\1\\\2", found)


def code(value: object) -> str:
    """A value as a code span, in a fence that is longer than any run of backticks in it."""
    found = one_line(str(value))
    if not found:
        return "-"
    fence = "`" * (max((len(run) for run in re.findall("`+", found)), default=0) + 1)
    # A column ends at a bar even within code; a backslash keeps it there.
    found = found.replace("|", "\\|")
    return f"{fence} {found} {fence}" if "`" in (found[0], found[-1]) else f"{fence}{found}{fence}"
