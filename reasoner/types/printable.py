"""Text of others made harmless where people read it: what a terminal or a reader's eye would obey is shown as a sign.

A row, a teacher or a file can hold terminal escapes (ESC, C1), marks that turn the direction of writing, signs of no
width, and halves of surrogate pairs. Each becomes exactly one visible sign, so that widths and places stay what they
were.
"""

import unicodedata

UNKNOWN = ord("\N{REPLACEMENT CHARACTER}")
_PICTURES = 0x2400
"""Unicode's pictures of the control characters: U+241B is that of ESC."""
_LINE_END, _TAB, _DELETE = 0x0A, 0x09, 0x7F
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories that act or hide: control, format (direction, zero width, tags), surrogates, line and paragraph ends."""


class _Signs(dict[int, int]):
    """Of each code point the one that is shown; what is met is remembered."""

    def __missing__(self, code: int) -> int:
        self[code] = sign = _sign(code)
        return sign


_ONE_LINE = _Signs()
_LINES = _Signs({_LINE_END: _LINE_END, _TAB: _TAB})


def printable(text: str) -> str:
    """The text with every hidden or acting character as a visible sign; line ends and tabs stay."""
    return text if text.isprintable() else text.translate(_LINES)


def one_line(text: str) -> str:
    """The same with line ends and tabs as signs too, for a cell of a table or an item of a list."""
    return text if text.isprintable() else text.translate(_ONE_LINE)


def shortened(value: object, most: int = 80) -> str:
    """`repr` of what was given, for an error message: at most so many characters of it."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):
        # An integer of thousands of digits has no decimal text, a list that holds itself no end.
        return f"a {type(value).__name__} too large to show"
    text = one_line(text)
    return text if len(text) <= most else f"{text[: most - 20]}... ({len(text)} characters)"


def _sign(code: int) -> int:
    if code < 0x20:
        return _PICTURES + code
    if code == _DELETE:
        return _PICTURES + 0x21
    return UNKNOWN if unicodedata.category(chr(code)) in _HIDDEN else code
