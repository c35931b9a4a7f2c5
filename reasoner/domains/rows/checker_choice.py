"""Which checker fits the gold answers of some rows, why, and what a teacher is told about such an answer."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reasoner.domains.checkers.base import Gold
from reasoner.domains.checkers.registry import get_checker
from reasoner.domains.rows.column_facts import NEARLY_ALL, kind_of
from reasoner.domains.rows.columns import worked
from reasoner.domains.rows.turns import answered, is_dialogue

MOST_LABELS = 200
LONGEST_LABEL = 60
"""Characters of a label on average, at most."""
LONGEST_TOLD = 2000
"""Characters of a list of labels that a teacher is told."""


@dataclass(frozen=True)
class ChosenChecker:
    """A kind of checker with its options, and why."""

    kind: str
    reason: str
    told: str
    """What a teacher is told about the answer."""
    options: dict[str, Any] = field(default_factory=dict)
    material: tuple[str, ...] = ()
    """Columns that the checker reads beside the answer."""
    is_label: bool = False
    """Whether an answer is one of few texts."""


def choose_checker(values: Sequence[Any], *, choices: bool) -> ChosenChecker:
    """The checker for these gold answers, which are something each.

    Args:
        values: of the answer's column.
        choices: whether the rows bring options.
    """
    total = len(values)
    if choices:
        return ChosenChecker("choice", "the rows bring options", "the letter of the right option alone")
    texts = [worked(answered(v) if is_dialogue(v) else str(v))[1].strip() for v in values if _is_said(v)]
    kinds = Counter(kind_of(value) for value in values)
    if kinds["list"] >= NEARLY_ALL * total:
        return _of_lists([value for value in values if isinstance(value, list)], total)
    if (spans := sum(_is_span(value) for value in values)) >= NEARLY_ALL * total:
        return ChosenChecker("squad", f"{spans} of {total} answers are objects with accepted texts", "a short text")
    objects = kinds["object"] + sum(map(_is_json_object, texts))
    if objects >= NEARLY_ALL * total:
        reason = f"{objects} of {total} answers are JSON objects; the same value is right"
        return ChosenChecker("json_schema", reason, "one JSON object", {"equal": True})
    return _of_texts(texts, total)


def _of_texts(texts: Sequence[str], total: int) -> ChosenChecker:
    numbers = sum(map(_is_number, texts))
    if texts and numbers >= NEARLY_ALL * len(texts):
        return ChosenChecker("number", f"{numbers} of {total} answers read as numbers", "the final number alone")
    counts = Counter(texts)
    again = sum(count > 1 for count in counts.values())
    length = sum(map(len, texts)) / max(1, len(texts))
    if 1 < len(counts) <= MOST_LABELS and again >= 0.9 * len(counts) and length <= LONGEST_LABEL:
        reason = f"{len(counts)} labels in {total} rows, {again} of them repeated; {numbers} read as numbers"
        return ChosenChecker("text", reason, told_labels(sorted(counts)), is_label=True)
    reason = (
        f"{len(counts)} different answers in {total} rows, {numbers} of them read as numbers; the same words are right"
    )
    return ChosenChecker("text", reason, "the answer alone, in the form that the question asks for")


def told_labels(labels: Sequence[str]) -> str:
    """The labels for a teacher, as long as they are few."""
    told = f"one of these {len(labels)} labels, exactly as written: {', '.join(labels)}"
    return told if len(told) <= LONGEST_TOLD else f"one of the {len(labels)} labels that the examples show, as written"


def _of_lists(lists: Sequence[list[Any]], total: int) -> ChosenChecker:
    """Labels where few texts come again and again; else each list holds the accepted answers of its own question."""
    counts = Counter(str(one) for given in lists for one in given)
    average = sum(map(len, lists)) / max(1, len(lists))
    if counts and len(counts) <= MOST_LABELS and sum(count > 1 for count in counts.values()) >= 0.9 * len(counts):
        reason = f"{len(lists)} of {total} answers are lists, of {len(counts)} labels in all, {average:.1f} a row"
        return ChosenChecker("labels", reason, f"labels with commas between them; {told_labels(sorted(counts))}")
    reason = f"{len(lists)} of {total} answers are lists of accepted texts, {average:.1f} a row, hardly any in two rows"
    return ChosenChecker("squad", reason, "a short text")


def _is_said(value: object) -> bool:
    return kind_of(value) in ("text", "number", "turns")


def _is_span(value: object) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("text"), list)


def _is_number(text: str) -> bool:
    return not get_checker("number").validate_gold(Gold(answer=text))


def _is_json_object(text: str) -> bool:
    try:
        return text.startswith("{") and isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
