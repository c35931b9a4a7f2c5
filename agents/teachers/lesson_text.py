"""Finds the lesson in a teacher's text. Whatever the text is, the outcome is a `Lesson` or a `LessonError`.

Teachers think aloud before they answer: in `<think>` or `[THINK]` blocks, harmony channels or prose, with drafts, LaTeX
and code in between. So no wrapping is parsed. Every place where a JSON object could begin is tried, from left to right,
and **the last object that is a lesson counts**, also where it is nested in another object or written as a text. A later
object that was meant as a lesson but is broken or incomplete makes the answer unusable: the draft before it was
superseded.

Time is linear in the length of the text: an object that decodes is skipped as a whole, and the characters that failed
attempts may read have a budget.
"""

import ast
import json
import re
from dataclasses import dataclass
from typing import Any

from agents.teachers.lesson_form import KEYS, LessonError, lesson_of, named
from reasoner.types.teaching import Lesson

_SHOWN = 300
"""Characters of a text or of an error that are quoted."""
_DEEPEST = 6
"""Levels of nesting in which a lesson is looked for."""
_MOST_FAILURES = 1_000
_MOST_REPAIRS = 4
_LONGEST_REPAIR = 100_000

# Possessive and atomic parts never give a character back: no text makes these patterns slower than linear.
_STRING = r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'
_COMMENT = r"//[^\n]*+|/\*.*?(?:\*/|\Z)"
_BEGIN = re.compile(r"""\{\s*+(?:["']|//|/\*)""")
_ANY_KEY = re.compile(r"""["'](?:critique|steps|answer)\\?["']\s*+:""")
"""Perhaps within a text, where quotes are escaped."""
_STRING_OR_COMMENT = re.compile(rf"{_STRING}|{_COMMENT}", re.DOTALL)
_STRING_OR_COMMA = re.compile(rf"{_STRING}|,(?=\s*+[}}\]])", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:[\"\\/bfnrt]|u[0-9a-fA-F]{4})|\\")
_AFTER_REASONING = re.compile(
    r"</(?:think|thinking|thought|reasoning|analysis)>|\[/THINK\]|<\|channel\|>final", re.IGNORECASE
)
_SPECIAL_TOKEN = re.compile(r"<\|\w++\|>")
# Numbers stay the text that they were: models write `"answer": 38`, and no digit is lost or computed with here.
_DECODER = json.JSONDecoder(strict=False, parse_int=str, parse_float=str, parse_constant=str)


@dataclass(frozen=True)
class _Reading:
    """What the places of a text where an object could begin turned out to be."""

    lesson: dict[str, Any] | None
    """The last lesson."""
    end: int
    """Where it ends; 0 if there is none."""
    broken: dict[int, str]
    """What is wrong with the objects after it, by the place of their brace."""


def parse_lesson(text: str) -> Lesson:
    """The lesson of a teacher's answer.

    Forgiven are words and reasoning around it, code fences, unknown keys, numbers for texts, `null` for nothing, raw
    line breaks within texts, comments, trailing commas and Python's quotes. Characters that cannot be stored become
    U+FFFD.

    Raises:
        LessonError: no object of the text is a lesson, or the last one that was meant as one cannot be used.
    """
    text = _unquoted_whole(text)
    reading = _read(text, least=2)
    if (key := _ANY_KEY.search(text, reading.end)) is not None:
        # It was meant as a lesson, perhaps as the correction of the one before it.
        return lesson_of(_mended_before(text, key.start(), reading))
    if reading.lesson is None:
        raise LessonError(_nothing_found(text))
    _refuse_draft(text, reading.end)
    return lesson_of(reading.lesson)


def _read(text: str, *, least: int) -> _Reading:
    """Tries every place where an object could begin, but for those within an object that was read.

    Args:
        text: the whole answer.
        least: keys of a lesson that an object needs in order to count as one.

    Raises:
        LessonError: there are too many places where an object only seems to begin.
    """
    found = _Reading(None, 0, {})
    budget, failures = 4 * len(text) + 10_000, 0
    at = _BEGIN.search(text) if _ANY_KEY.search(text) else None
    while at is not None:
        begin = at.start()
        try:
            document, end = _DECODER.raw_decode(text, begin)
        except (json.JSONDecodeError, RecursionError) as error:
            fault, reached = _where(error, text)
            budget, failures = budget - (reached - begin), failures + 1
            if budget < 0 or failures > _MOST_FAILURES:
                raise LessonError(f"too many braces in it begin no JSON object ({fault})") from error
            found.broken[begin] = fault
            end = begin + 1
        else:
            lesson = _lesson_within(document, least=least)
            found = found if lesson is None else _Reading(lesson, end, {})
        at = _BEGIN.search(text, end)
    return found


def _where(error: json.JSONDecodeError | RecursionError, text: str) -> tuple[str, int]:
    """What is wrong, and the character up to which was read."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply", len(text)
    reached = len(text) if error.msg.startswith("Unterminated") else error.pos
    return f"{error.msg} at character {error.pos} of {len(text)}", reached


def _mended_before(text: str, key: int, reading: _Reading) -> dict[str, Any]:
    """The lesson that a key after the last lesson belongs to: an object that needs mending, or has too few keys.

    Raises:
        LessonError: there is none.
    """
    begins = [begin for begin in reading.broken if begin < key][-_MOST_REPAIRS:]
    for begin in reversed(begins):
        lesson = _lesson_within(_mended(text, begin), least=2)
        if lesson is not None:
            return lesson
    if begins:
        raise LessonError(f"the JSON object is broken ({reading.broken[begins[0]]})")
    incomplete = _read(text, least=1)
    if incomplete.lesson is None or incomplete.end <= reading.end:
        raise LessonError(_nothing_found(text[reading.end :]))
    return incomplete.lesson


def _mended(text: str, begin: int) -> Any:
    """A broken object without comments and trailing commas and with LaTeX's backslashes, or read as Python would.

    None where that does not help, or another lesson begins after it.
    """
    end = text.rfind("}") + 1
    body = text[begin:end]
    if len(body) > _LONGEST_REPAIR or _ANY_KEY.search(text, end):
        return None
    bare = _STRING_OR_COMMA.sub(_string_alone, _STRING_OR_COMMENT.sub(_string_alone, body))
    try:
        document, after = _DECODER.raw_decode(bare)
        return None if _ANY_KEY.search(bare, after) else document
    except (json.JSONDecodeError, RecursionError):
        pass
    try:
        return ast.literal_eval(body)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _string_alone(match: re.Match[str]) -> str:
    if not match[0].startswith('"'):
        return ""
    return _ESCAPE.sub(lambda escape: escape[0] if len(escape[0]) > 1 else "\\\\", match[0])


def _lesson_within(document: Any, *, least: int) -> dict[str, Any] | None:
    """The last lesson in a decoded object: itself, or one nested in it, perhaps as a text."""
    level = [document]
    for _ in range(_DEEPEST):
        below: list[Any] = []
        for value in level:
            inner = _unquoted(value) if isinstance(value, str) else value
            if isinstance(inner, dict):
                # A problem has a question.
                if "question" not in inner and sum(key in inner for key in KEYS) >= least:
                    return inner
                below.extend(reversed(inner.values()))
            elif isinstance(inner, list):
                below.extend(reversed(inner))
        level = below
    return None


def _unquoted(text: str) -> Any:
    """An object that was written as a text, such as the arguments of a tool call."""
    if _BEGIN.match(text.lstrip()) is None or _ANY_KEY.search(text) is None:
        return None
    try:
        return _DECODER.decode(text)
    except (json.JSONDecodeError, RecursionError):
        return None


def _unquoted_whole(text: str) -> str:
    """What a text says that is one JSON text from end to end."""
    if text.lstrip()[:1] != '"':
        return text
    try:
        inner = _DECODER.decode(text.strip())
    except json.JSONDecodeError:
        return text
    return inner if isinstance(inner, str) else text


def _refuse_draft(text: str, end: int) -> None:
    """A lesson within the reasoning is a draft where an answer follows that holds none."""
    closings = list(_AFTER_REASONING.finditer(text, end))
    answer = _SPECIAL_TOKEN.sub("", text[closings[-1].end() :]).strip() if closings else ""
    if answer:
        raise LessonError(f"the answer after the reasoning holds no JSON object, got {answer[:_SHOWN]!r}")


def _nothing_found(text: str) -> str:
    first = _BEGIN.search(text)
    if first is None:
        return f"expected one JSON object, got {text[:_SHOWN]!r}"
    return f"no JSON object in it has {named(KEYS)}, got {text[first.start() :][:_SHOWN]!r}"
