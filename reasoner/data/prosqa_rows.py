"""Rows of ProsQA's published form: `question`, `steps` in sentences, `answer`; what else they hold is not needed.

The published proof must follow from the question's own rules. The problem's steps are then those that the domain itself
writes, a layer of the search each, so that a file's rows teach the same way of working as generated ones.
"""

import re

from reasoner.data.row_files import Row
from reasoner.data.row_forms import GivenRow
from reasoner.domains.prosqa import checker, generator, graph, working

NAME = generator.NAME

_EXPECTED = "rules such as 'Every lempus is a dumpus.', and last 'Is Tom a dumpus or gorpus?' with one true candidate"
_STEP = re.compile(r"(?:every\s+)?([a-z]+)\s+is\s+an?\s+([a-z]+)\.?")


def read_proof(row: Row) -> GivenRow:
    """What the domain makes of a row.

    Raises:
        RowFault: a field is missing, cannot be read, or contradicts the question.
    """
    question = row.text("question", _EXPECTED)
    told = graph.read(question)
    truth = graph.answer(told) if told is not None else None
    if told is None or truth is None:
        row.fail("question", _EXPECTED)
    answer = row.text("answer", f"a conclusion such as '{told.entity.title()} is a {truth}.'")
    if checker.kind_of(answer, told.entity) != truth:
        row.fail("answer", f"'{told.entity.title()} is a {truth}.', which is what the rules say")
    _refuse_other_proofs(row, told, truth)
    steps = working.work(told)
    return GivenRow(
        line=row.line,
        question=question,
        answer=answer,
        steps=steps,
        skill=generator.SKILL,
        difficulty=len(steps),
        license=row.if_text("license", "the name of a licence"),
    )


def _refuse_other_proofs(row: Row, told: graph.Graph, truth: str) -> None:
    """Fails where there are steps that do not lead from the entity to the answer by the question's rules."""
    expected = f"sentences of the question that lead from {told.entity.title()!r} to {truth!r}, or no such field"
    given = row.fields.get("steps", [])
    if not isinstance(given, list):
        row.fail("steps", expected)
    at = told.entity
    for text in given:
        rule = _STEP.fullmatch(text.strip().lower()) if isinstance(text, str) else None
        if rule is None or rule.group(1) != at or rule.groups() not in told.edges:
            row.fail("steps", expected)
        at = rule.group(2)
    if given and at != truth:
        row.fail("steps", expected)
