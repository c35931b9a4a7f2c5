"""From a row's columns to a problem's fields, as a task file names them."""

import json
import re
from collections.abc import Mapping
from typing import Any

from reasoner.domains.checkers.base import is_blank
from reasoner.domains.rows.task_file import UNKNOWN_LICENSE, TaskFile
from reasoner.domains.rows.turns import EXPECTED_ANSWER, EXPECTED_QUESTION, answered, asked, is_dialogue
from reasoner.types.domain import RowRefused

FINAL = ("answer:", "####")
"""How the last line of a worked answer begins; the lines before it are its steps."""
_SLOT = re.compile(r"\{([^{}]+)\}")


class Reader:
    """Reads the rows of one task.

    Args:
        task: whose columns it goes by.
    """

    def __init__(self, task: TaskFile) -> None:
        self._task = task

    def read(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """`question`, `steps`, `answer`, `skill`, `id`, `material`, `split` and `license` of a row.

        Without steps the gold answer is the one step: a student learns to say it.

        Raises:
            RowRefused: a column is missing or holds something else.
        """
        columns, task = self._task.columns, self._task
        choices = self._choices(fields) if columns.choices else []
        given, accepted = self._answers(fields, choices)
        lines, answer = ((), given) if columns.steps else worked(given)
        steps = tuple(_texts(fields, columns.steps)) if columns.steps else lines
        material = {name: fields[name] for name in task.material if fields.get(name) is not None}
        material |= {"accepted": accepted} if accepted else {}
        material |= {"choices": choices} if choices else {}
        return {
            "question": self._question(fields, choices),
            "steps": steps or (answer,),
            "answer": answer,
            "skill": _word(fields, columns.skill),
            "id": _word(fields, columns.id),
            "material": material,
            "split": task.splits.get(_word(fields, columns.split)) if columns.split else None,
            "license": _word(fields, "license") or task.license if task.license == UNKNOWN_LICENSE else task.license,
        }

    def _question(self, fields: Mapping[str, Any], choices: list[str]) -> str:
        template = self._task.columns.question
        texts = {name: _question_text(fields, name) for name in slots(template) or [template]}
        question = _SLOT.sub(lambda slot: texts[slot[1]], template) if slots(template) else texts[template]
        options = "".join(f"\n({chr(ord('A') + n)}) {option}" for n, option in enumerate(choices))
        return question.strip() + options

    def _choices(self, fields: Mapping[str, Any]) -> list[str]:
        """The options: of a list, or of a column each."""
        name = self._task.columns.choices
        return [_text(fields, one) for one in slots(name)] or _texts(fields, name)

    def _answers(self, fields: Mapping[str, Any], choices: list[str]) -> tuple[str, list[str]]:
        """The gold answer, and further accepted ones; a number below the number of options counts them from 0."""
        name, kind = self._task.columns.answer, self._task.checker.kind
        given = fields.get(name)
        if is_dialogue(given):
            return _said(name, answered(given), EXPECTED_ANSWER), []
        if kind == "json_schema" and isinstance(given, list | dict):
            return json.dumps(given, ensure_ascii=False), []
        if isinstance(given, dict) and not isinstance(given.get("text"), list):
            raise RowRefused(name, "a text, a number or a list of texts; an object is for the checker json_schema")
        if isinstance(given, list | dict):
            texts = _texts(fields, name)
            return (", ".join(texts), texts) if kind == "labels" else (texts[0], texts[1:])
        if choices and (number := _number_of_option(given, choices)) is not None:
            if not 0 <= number < len(choices):
                raise RowRefused(name, f"the number of an option, 0 to {len(choices) - 1}")
            return chr(ord("A") + number), []
        return _text(fields, name), []


def slots(template: str) -> list[str]:
    """The columns that a template such as `{context} {question}` names; none where it is a column itself."""
    return _SLOT.findall(template)


def worked(answer: str) -> tuple[tuple[str, ...], str]:
    """Steps and answer of a text whose last line begins with `answer:` or `####`; of any other, no steps and itself."""
    *lines, last = [line.rstrip() for line in answer.splitlines() if line.strip()] or [answer]
    begins = next((word for word in FINAL if last.strip().lower().startswith(word)), "")
    final = last.strip()[len(begins) :].strip()
    return ((*lines, final), final) if begins and final else ((), answer)


def _number_of_option(given: object, choices: list[str]) -> int | None:
    """A whole number, also one that is written as text, unless that is an option itself."""
    if isinstance(given, str):
        return int(given) if given.isascii() and given.isdecimal() and given not in choices and len(given) < 9 else None
    return given if isinstance(given, int) and not isinstance(given, bool) else None


def _question_text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return _said(name, asked(value), EXPECTED_QUESTION) if is_dialogue(value) else _text(fields, name)


def _said(name: str, text: str, expected: str) -> str:
    if not text:
        raise RowRefused(name, expected)
    return text


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if isinstance(value, bool):
        raise RowRefused(name, "a text or a number; write true and false as texts, such as 'yes' and 'no'")
    if name not in fields:
        there = ", ".join(f"{one!r:.40}" for one in list(fields)[:12])
        raise RowRefused(name, f"a text or a number; the columns are {there or 'none'}")
    if not isinstance(value, str | int | float) or is_blank(str(value)):
        raise RowRefused(name, "a text or a number")
    return str(value)


def _word(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name) if name else None
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _texts(fields: Mapping[str, Any], name: str) -> list[str]:
    """A list of texts; of SQuAD's `{"text": [...], "answer_start": [...]}` those of `text`."""
    value = fields.get(name)
    value = value.get("text") if isinstance(value, dict) else value
    kinds = str | int | float
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(o, kinds) and not isinstance(o, bool) for o in value)
    ):
        raise RowRefused(name, "a list of texts with something in it")
    return [str(one) for one in value]
