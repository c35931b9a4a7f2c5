"""How the flexible filter of BIG-Bench Hard finds an answer in a text, by the kind of task.

As lm_eval/tasks/bbh/zeroshot/utils.py (0.4.13) does, with two differences that no right answer meets: a text of which
lm-eval raises an error gives `[invalid]`, and so does a task's text without words to sort.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping

from reasoner.evaluation.benchmarks.bbh_tasks import Kind
from reasoner.evaluation.benchmarks.exact_match import NO_MATCH, regex_filter
from reasoner.evaluation.benchmarks.number_words import number_in_words

_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "truth": re.compile(r"\b(True|False)\b"),
    "yes_no": re.compile(r"\b(Yes|No|yes|no)\b"),
    "bracket": re.compile(r'(?<= )([" \[\(<{}>\)\]]+)|([" \[\(<{}>\)\]]+)'),
    "validity": re.compile(r"\b(valid|invalid)\b"),
}
_SAYINGS: Mapping[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "plausible": (
        (re.compile(r"\b(no|not plausible)\b"), "no"),
        (re.compile(r"\b(yes|plausible)\b"), "yes"),
    ),
    "honest": (
        (re.compile(r"\b(no|does not tell the truth|is not telling the truth)\b"), "no"),
        (re.compile(r"\b(yes|tells the truth|is telling the truth)\b"), "yes"),
    ),
}
_LETTER = re.compile(r"(\([A-Z]\))")
_OPTION = re.compile(r"\([A-Z]\)([^\n^(]*)")
_NUMBER = re.compile(r"([-0-9]+)")


def flexible(kind: Kind, question: str, text: str) -> str:
    """The answer in a text; `[invalid]` where there is none."""
    if kind in _PATTERNS:
        return regex_filter(_PATTERNS[kind], text)
    return _FILTERS[kind](question, text)


def _said(kind: Kind, text: str) -> str:
    """What the first saying of the text means."""
    sayings = _SAYINGS[kind]
    either = re.compile("|".join(pattern.pattern for pattern, _ in sayings))
    whole = _first(either, text.lower())
    return next((meaning for pattern, meaning in sayings if _first(pattern, whole)), NO_MATCH) if whole else NO_MATCH


def _letter(question: str, text: str) -> str:
    """`(A)`; else the text of an option, whichever stands first; else a letter behind a colon."""
    if found := _first(_LETTER, text):
        return found
    options = [_plain(option.strip()) for option in _OPTION.findall(question)]
    letters = [chr(ord("A") + at) for at in range(len(options))]
    # A choice that begins as another one does must not hide it.
    longest = sorted(options, key=lambda option: len(re.escape(option)), reverse=True)
    by_text = {option: f"({letter})" for letter, option in zip(letters, options, strict=True)}
    if found := _first(re.compile("|".join(map(re.escape, longest))), _plain(text)):
        return by_text.get(found, found)
    found = _first(re.compile(rf":[\s]*({'|'.join(letters)})"), text)
    return f"({found})" if found in letters else found or NO_MATCH


def _number(_: str, text: str) -> str:
    return _first(_NUMBER, text) or number_in_words(text.lower()) or NO_MATCH


def _words(question: str, text: str) -> str:
    """The words to sort in the order of their last mention."""
    words = question.partition("List:")[2].strip().split()
    if not words:
        return NO_MATCH
    # Words are taken as patterns, as there.
    try:
        found = re.compile("|".join(rf"\b{word}\b" for word in words)).findall(text)
    except re.error:
        return NO_MATCH
    return " ".join(reversed(dict.fromkeys(reversed(found))))


def _first(pattern: re.Pattern[str], text: str) -> str:
    """The first match of a pattern, or its first group that matched, stripped."""
    found = pattern.findall(text)
    if not found:
        return ""
    return (next(filter(None, found[0]), "") if isinstance(found[0], tuple) else found[0]).strip()


def _plain(text: str) -> str:
    """In small letters, without punctuation of any script."""
    return "".join(sign for sign in text.lower() if not unicodedata.category(sign).startswith("P"))


_FILTERS: Mapping[str, Callable[[str, str], str]] = {
    "letter": _letter,
    "number": _number,
    "words": _words,
    "plausible": lambda _, text: _said("plausible", text),
    "honest": lambda _, text: _said("honest", text),
}
