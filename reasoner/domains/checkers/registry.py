"""Checkers by name, imported when they are asked for: a task that compares texts loads no SQLite."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reasoner.domains.checkers.base import AnswerChecker, CheckerSettings, shown
from reasoner.errors import ConfigError

_ROOM = "reasoner.domains.checkers"
CHECKERS = {
    "exact": f"{_ROOM}.exact:ExactChecker",
    "text": f"{_ROOM}.text:TextChecker",
    "number": f"{_ROOM}.number:NumberChecker",
    "choice": f"{_ROOM}.choice:ChoiceChecker",
    "labels": f"{_ROOM}.labels:LabelsChecker",
    "regex": f"{_ROOM}.regex:RegexChecker",
    "json_schema": f"{_ROOM}.json_schema:JsonSchemaChecker",
    "sql": f"{_ROOM}.sql:SqlChecker",
    "squad": f"{_ROOM}.squad:SquadChecker",
    "math": f"{_ROOM}.math_equal:MathChecker",
    "tests": f"{_ROOM}.unit_tests:TestsChecker",
    "judge": f"{_ROOM}.judge:JudgeChecker",
}
"""Kind to `module:Class`. Besides these, `path/to/file.py:function` is a kind."""
_FUNCTION = f"{_ROOM}.function_file:FunctionChecker"


def get_checker(kind: str, settings: Mapping[str, Any] | None = None) -> AnswerChecker:
    """The checker of that kind with these options.

    Raises:
        ConfigError: there is no such kind or option, a value is wrong, or a package or file is missing.
    """
    own = ".py:" in kind
    if kind not in CHECKERS and not own:
        known = ", ".join(CHECKERS)
        hint = _hint(kind, CHECKERS)
        raise ConfigError(f"no checker {shown(kind)}: expected one of {known}, or path/to/file.py:function{hint}")
    module, _, name = (_FUNCTION if own else CHECKERS[kind]).partition(":")
    made = getattr(import_module(module), name)
    read = _read(kind, made.settings_type, settings or {})
    return made(kind, read) if own else made(read)


def _read(kind: str, settings_type: type[CheckerSettings], given: Mapping[str, Any]) -> CheckerSettings:
    try:
        return settings_type.model_validate(dict(given))
    except ValidationError as fault:
        known = [field.alias or name for name, field in settings_type.model_fields.items()]
        told = [_explain(kind, known, detail) for detail in fault.errors()]
        raise ConfigError("\n".join(told)) from None


def _explain(kind: str, known: list[str], detail: ErrorDetails) -> str:
    key = str(detail["loc"][0]) if detail["loc"] else "settings"
    if detail["type"] == "extra_forbidden":
        expected = f"expected {', '.join(known)}" if known else "it has none"
        return f"checker {kind!r} has no option {shown(key)}: {expected}{_hint(key, known)}"
    expected = detail["msg"].replace("Input should", "it should")
    return f"checker {kind!r}, option {key!r}: got {shown(repr(detail['input']))}; {expected}"


def _hint(given: str, known: Mapping[str, Any] | list[str]) -> str:
    near = get_close_matches(given[:100], list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
