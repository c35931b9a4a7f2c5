r"""The answer within a free text, found as published evaluations find it, so that scores can be compared.

`gsm8k_strict` and `gsm8k_flexible` are the two filters of lm-eval's task `gsm8k` (lm_eval/tasks/gsm8k/gsm8k.yaml): the
first `#### 18`, and the last thing that looks like a number. The flexible one takes whatever comes last, a year in a
closing remark included: it is for comparison, not for judging. `boxed` takes the last `\boxed{...}` that is closed, as
the task `minerva_math` does. All run in time linear in the text.
"""

import re
from collections.abc import Callable

from reasoner.domains.checkers.base import is_blank

_STRICT = re.compile(r"#### (\-?[0-9\.\,]+)")
_FLEXIBLE = re.compile(r"(-?[$0-9.,]{2,})|(-?[0-9]+)")
_PROMISE = (
    r"(?:the |my |our )?(?:final |correct |best |right )?(?:answer|option|choice)"
    r"(?: is(?! not)(?: that)?:?| would be:?| ?:) ?"
)
_SAYS = re.compile(rf"\b{_PROMISE}", re.IGNORECASE)
_LEAD = re.compile(rf"(?:(?:so|thus|therefore|hence),? )?{_PROMISE}", re.IGNORECASE)
_BRACES = re.compile(r"(?P<box>\\(?:boxed|fbox) ?\{)|\\.|[{}]", re.DOTALL)
_FENCE = re.compile(r"```[A-Za-z0-9_+-]*[ \t]*\r?\n")
_WRAPPERS = (("**", "**"), ("*", "*"), ("`", "`"), ("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"))
_LAYERS = 4
"""Wrappings that are taken off at most."""


def gsm8k_strict(text: str) -> str:
    """The number behind the first `#### `; empty where there is none."""
    found = _STRICT.search(text)
    return found[1] if found else ""


def gsm8k_flexible(text: str) -> str:
    """The last match of lm-eval's flexible pattern, as it stands; empty where there is none."""
    last = ""
    for match in _FLEXIBLE.finditer(text):
        last = match.group()
    return last


def said(text: str) -> str:
    """What follows the last `the answer is` in its line, without a full stop; empty where it is not said."""
    end = 0
    for match in _SAYS.finditer(text):
        end = match.end()
    return text[end:].strip().partition("\n")[0].strip().removesuffix(".").rstrip() if end else ""


def boxed(text: str) -> str:
    r"""What the last `\boxed{...}` holds, inner braces included; empty where none is closed."""
    return boxed_exactly(text).strip()


def boxed_exactly(text: str) -> str:
    """The same with the blanks around it."""
    opened: list[int] = []
    start = end = -1
    for match in _BRACES.finditer(text):
        if match["box"]:
            opened.append(match.end())
        elif match.group() == "{":
            opened.append(-1)
        elif match.group() == "}" and opened:
            began = opened.pop()
            if began > start:
                start, end = began, match.start()
    return text[start:end] if start >= 0 else ""


def last_line(text: str) -> str:
    """The last line that is not blank."""
    return next((line.strip() for line in reversed(text.splitlines()) if not is_blank(line)), "")


EXTRACTIONS: dict[str, Callable[[str], str]] = {
    "whole": str.strip,
    "said": said,
    "boxed": boxed,
    "last_line": last_line,
    "gsm8k_strict": gsm8k_strict,
    "gsm8k_flexible": gsm8k_flexible,
}
"""By name, for settings."""


def bare(text: str) -> str:
    r"""An answer without what people put around it: `The answer is`, `\boxed{}`, `$...$`, `**...**`, `=`.

    Only what wraps the whole text goes; nothing is picked out of a longer one.
    """
    for _ in range(_LAYERS):
        before, text = text, _unwrapped(text.strip())
        if text == before:
            break
    return text.strip()


def unfenced(text: str) -> str:
    """The body of a text that is one block of code between fences, or the text itself."""
    plain = text.strip()
    opening = _FENCE.match(plain)
    if not opening or not plain.endswith("```") or plain.find("```", opening.end()) != len(plain) - 3:
        return plain
    return plain[opening.end() : -3].strip()


def _unwrapped(text: str) -> str:
    lead = _LEAD.match(text)
    if lead and not is_blank(text[lead.end() :]):
        return text[lead.end() :]
    if text.startswith("=") and len(text) > 1:
        return text[1:]
    box = _BRACES.match(text)
    if (
        box
        and box["box"]
        and text.removesuffix(".").endswith("}")
        and boxed(text) == text.removesuffix(".")[box.end() : -1].strip()
    ):
        return boxed(text)
    for opening, closing in _WRAPPERS:
        plain = text.removesuffix(".") if len(text) > 1 else text
        inner = plain[len(opening) : -len(closing)]
        if plain.startswith(opening) and plain.endswith(closing) and inner.strip() and opening[0] not in inner:
            return inner
    return text
