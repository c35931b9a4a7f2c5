"""From a row's columns to a problem's fields, as a task file names them."""

import re
from collections.abc import Mapping
from typing import Any

from reasoner.domains.rows.task_file import TaskFile
from reasoner.types.domain import RowRefused

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
        choices = self._texts(fields, columns.choices) if columns.choices else []
        answer, accepted = self._answers(fields, choices)
        steps = self._texts(fields, columns.steps) if columns.steps else []
        material = {name: fields[name] for name in task.material if fields.get(name) is not None}
        material |= {"accepted": accepted} if accepted else {}
        material |= {"choices": choices} if choices else {}
        return {
            "question": self._question(fields, choices),
            "steps": tuple(steps) or (answer,),
            "answer": answer,
            "skill": self._word(fields, columns.skill),
            "id": self._word(fields, columns.id),
            "material": material,
            "split": task.splits.get(self._word(fields, columns.split)) if columns.split else None,
            "license": task.license,
        }

    def _question(self, fields: Mapping[str, Any], choices: list[str]) -> str:
        asked = self._task.columns.question
        names = _SLOT.findall(asked) or [asked]
        texts = {name: self._text(fields, name) for name in names}
        question = _SLOT.sub(lambda slot: texts[slot[1]], asked) if _SLOT.search(asked) else texts[asked]
        options = "".join(f"\n({chr(ord('A') + n)}) {option}" for n, option in enumerate(choices))
        return question.strip() + options

    def _answers(self, fields: Mapping[str, Any], choices: list[str]) -> tuple[str, list[str]]:
        """The gold answer, and further accepted ones; a number below the number of options counts them from 0."""
        name = self._task.columns.answer
        given = fields.get(name)
        if isinstance(given, list):
            texts = self._texts(fields, name)
            if self._task.checker.kind == "labels":
                return ", ".join(texts), texts
            return texts[0], texts[1:]
        if choices and isinstance(given, int) and not isinstance(given, bool):
            if not 0 <= given < len(choices):
                raise RowRefused(name, f"the number of an option, 0 to {len(choices) - 1}")
            return chr(ord("A") + given), []
        return self._text(fields, name), []

    def _text(self, fields: Mapping[str, Any], name: str) -> str:
        value = fields.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float) or not str(value).strip():
            raise RowRefused(name, "a text or a number")
        return str(value)

    def _word(self, fields: Mapping[str, Any], name: str) -> str:
        value = fields.get(name) if name else None
        return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""

    def _texts(self, fields: Mapping[str, Any], name: str) -> list[str]:
        value = fields.get(name)
        if not isinstance(value, list) or not value or not all(isinstance(one, str | int | float) for one in value):
            raise RowRefused(name, "a list of texts with something in it")
        return [str(one) for one in value]
