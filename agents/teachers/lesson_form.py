"""The form of a lesson: which keys an object needs, what they hold, how long a text may be.

Unknown keys are forgiven, and `null` is nothing. What is missing or holds something else is named, all at once, so that
one repair can mend it.
"""

import re
from collections.abc import Sequence
from typing import Any

from reasoner.types.teaching import Lesson, WrittenProblem

KEYS = ("critique", "steps", "answer")
"""The keys that every lesson has."""
MOST_STEPS = 200
"""Steps of one solution that are read at all; the check accepts far fewer."""
MOST_PROBLEMS = 64
"""As many as can be asked for in one call."""
LONGEST = {"critique": 20_000, "question": 20_000, "step": 1_000, "answer": 1_000}
"""Characters of each text. A number of a thousand digits is still one that Python converts."""

_SHOWN = 300
"""Characters of an error."""
_UNSPEAKABLE = re.compile(r"[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Lone surrogates, which UTF-8 cannot write, and control characters, which Postgres or a terminal takes amiss."""


class LessonError(ValueError):
    """A teacher's text is no lesson. The message says what is wrong in words that the teacher can act on."""


def lesson_of(document: dict[str, Any]) -> Lesson:
    """The lesson of an object that was meant as one.

    Raises:
        LessonError: names every key that is missing or holds something else.
    """
    faults: list[str] = []
    missing = [key for key in KEYS if key not in document]
    if missing:
        faults.append(f"{named(missing)} {'is' if len(missing) == 1 else 'are'} missing")
    critique, answer = (_text(document.get(key, ""), key, key, faults) for key in ("critique", "answer"))
    steps = _steps(document.get("steps"), "steps", faults)
    problems = _problems(document.get("problems"), faults)
    if faults:
        raise LessonError(f"the JSON object does not have the form asked for: {'; '.join(faults)}"[:_SHOWN])
    return Lesson(critique=critique, steps=steps, answer=answer, problems=problems)


def _problems(value: Any, faults: list[str]) -> list[WrittenProblem]:
    """The new problems of a lesson."""
    problems: list[WrittenProblem] = []
    for number, problem in enumerate(_list(value, "problems", MOST_PROBLEMS, faults)):
        where = f"problems.{number}"
        if not isinstance(problem, dict):
            faults.append(f"{where}: expected an object, got {_kind(problem)}")
            continue
        missing = [key for key in ("question", "steps", "answer") if key not in problem]
        if missing:
            faults.append(f"{where}: {named(missing)} {'is' if len(missing) == 1 else 'are'} missing")
        problems.append(
            WrittenProblem(
                question=_text(problem.get("question"), f"{where}.question", "question", faults),
                steps=_steps(problem.get("steps"), f"{where}.steps", faults),
                answer=_text(problem.get("answer"), f"{where}.answer", "answer", faults),
            )
        )
    return problems


def _steps(value: Any, where: str, faults: list[str]) -> list[str]:
    steps = _list(value, where, MOST_STEPS, faults)
    return [_text(step, f"{where}.{number}", "step", faults) for number, step in enumerate(steps)]


def _list(value: Any, where: str, most: int, faults: list[str]) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        faults.append(f"{where}: expected a list, got {_kind(value)}")
        return []
    if len(value) > most:
        faults.append(f"{where}: {len(value)} entries, expected {most} at most")
        return []
    return value


def _text(value: Any, where: str, what: str, faults: list[str]) -> str:
    """A text, or the text of a number."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            value = str(value)
        except ValueError:  # written in Python's hexadecimal, it may have more digits than Python converts
            faults.append(f"{where}: a number of too many digits")
            return ""
    if not isinstance(value, str):
        faults.append(f"{where}: expected a text, got {_kind(value)}")
        return ""
    if len(value) > LONGEST[what]:
        faults.append(f"{where}: {len(value)} characters, expected {LONGEST[what]} at most")
        return ""
    return clean_text(value)


def _kind(value: Any) -> str:
    return {dict: "an object", list: "a list", bool: "true or false", str: "a text"}.get(type(value), "something else")


def clean_text(text: str) -> str:
    """The text with U+FFFD for every character that a file, a database or a terminal cannot take."""
    return _UNSPEAKABLE.sub("\ufffd", text)


def named(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
