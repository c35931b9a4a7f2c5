"""Rows of ProsQA's published form: `question`, `steps` in sentences, `answer`; what else they hold is not needed.

The published proof must follow from the question's own rules. The problem's steps are then those that the domain itself
writes, a layer of the search each, so that a file's rows teach the same way of working as generated ones.
"""

import re
from collections.abc import Mapping
from typing import Any

from reasoner.domains.prosqa import checker, generator, graph, working
from reasoner.types.domain import RowRefused

_EXPECTED = "rules such as 'Every lempus is a dumpus.', and last 'Is Tom a dumpus or gorpus?' with one true candidate"
_STEP = re.compile(r"(?:every\s+)?([a-z]+)\s+is\s+an?\s+([a-z]+)\.?")
_OTHER_FORMS = {"prompt", "messages", "problem", "skill"}
"""Fields of other forms; those of rows that were synthesized name a skill, and are worked already."""


def read_proof(fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the domain makes of a row; None of one in another form.

    Raises:
        RowRefused: a field is missing, cannot be read, or contradicts the question.
    """
    if _OTHER_FORMS & set(fields):
        return None
    question = _text(fields, "question", _EXPECTED)
    told = graph.read(question)
    truth = graph.answer(told) if told is not None else None
    if told is None or truth is None:
        raise RowRefused("question", _EXPECTED)
    answer = _text(fields, "answer", f"a conclusion such as '{told.entity.title()} is a {truth}.'")
    if checker.kind_of(answer, told.entity) != truth:
        raise RowRefused("answer", f"'{told.entity.title()} is a {truth}.', which is what the rules say")
    _refuse_other_proofs(fields, told, truth)
    return {"question": question, "answer": answer, "steps": working.work(told), "skill": generator.SKILL}


def _text(fields: Mapping[str, Any], name: str, expected: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise RowRefused(name, expected)
    return value


def _refuse_other_proofs(fields: Mapping[str, Any], told: graph.Graph, truth: str) -> None:
    """Fails where there are steps that do not lead from the entity to the answer by the question's rules."""
    expected = f"sentences of the question that lead from {told.entity.title()!r} to {truth!r}, or no such field"
    given = fields.get("steps", [])
    if not isinstance(given, list):
        raise RowRefused("steps", expected)
    at = told.entity
    for text in given:
        rule = _STEP.fullmatch(text.strip().lower()) if isinstance(text, str) else None
        if rule is None or rule.group(1) != at or rule.groups() not in told.edges:
            raise RowRefused("steps", expected)
        at = rule.group(2)
    if given and at != truth:
        raise RowRefused("steps", expected)
