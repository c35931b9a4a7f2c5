"""Rows of a question and an answer without steps, as the published data has them.

Where a module has the question's words its own steps are those of the row; else the answer is the only step.
"""

from collections.abc import Mapping
from typing import Any

from reasoner.domains.formal_math import answers
from reasoner.domains.formal_math.module import CannotWork, answer_of
from reasoner.domains.formal_math.modules import read, work
from reasoner.types.domain import RowRefused

OTHER = "formal_math"
"""Skill of a row that names none and is of no module."""
_FIELDS = {"question", "answer", "skill", "id", "license"}


def read_pair(fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the domain makes of such a row; None of one in another form.

    Raises:
        RowRefused: the question or the answer is no text, or the answer contradicts the question.
    """
    if not {"question", "answer"} <= set(fields) <= _FIELDS or "####" in str(fields["answer"]):
        return None
    question, answer = _text(fields, "question"), _text(fields, "answer")
    found = read(question)
    skill = str(fields.get("skill") or (found[0].name if found else OTHER))
    told = {"question": question, "answer": answer, "skill": skill, "id": str(fields.get("id") or "")}
    return {**told, "steps": _steps(question, answer)}


def _steps(question: str, answer: str) -> tuple[str, ...]:
    try:
        name, steps = work(question)
    except CannotWork:
        return (answer,)
    truth = answer_of(steps)
    if answers.fault(truth, answer, name):
        raise RowRefused("answer", f"{truth!r}, which is what the question gives")
    return steps


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields[name]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise RowRefused(name, "a text with something in it")
    return value.strip()
