"""The words that verdicts are given in, and the hash that names content."""

import hashlib
import json

from reasoner.domains.solutions import (
    CHECKER_FAILED,
    FALSE_STEP,
    LOOSE_ANSWER,
    NO_ANSWER,
    NO_STEPS,
    TOO_LONG,
    UNKNOWN_OPERAND,
    WRONG_ANSWER,
)
from reasoner.types.problem import Problem

ACCEPTED = "accepted"
AGREED = "agreed"
STANDS = "stands by itself"
NO_LESSON = "no lesson"
UNCONFIRMED = "unconfirmed"
NO_AGREEMENT = "no agreement"
INSANE_QUESTION = "question of no sane length"
HELD_OUT = "held-out structure"
LEAKED = "held-out question"
SAME_QUESTION = "same question as the failure"
DUPLICATE = "duplicate"
UNREADABLE = "row cannot be read"
OTHER_CONTENT = "id of other content"
UNKNOWN_DOMAIN = "unknown domain"
REASONS = (
    ACCEPTED, AGREED, STANDS, NO_LESSON, NO_STEPS, NO_ANSWER, TOO_LONG, FALSE_STEP, UNKNOWN_OPERAND, LOOSE_ANSWER,
    WRONG_ANSWER, UNCONFIRMED, NO_AGREEMENT, CHECKER_FAILED, INSANE_QUESTION, HELD_OUT, LEAKED, SAME_QUESTION,
    DUPLICATE, UNREADABLE, OTHER_CONTENT, UNKNOWN_DOMAIN,
)  # fmt: skip
"""Every reason that a verdict can have. `stands by itself`: of a file's row whose question the domain cannot read."""


def plain(question: str) -> str:
    """A question in small letters and single spaces: two that are the same text are equal."""
    return " ".join(question.lower().split())


def example_id(problem: Problem) -> str:
    """16 hex digits of question and steps: the same content has the same id, wherever it comes from."""
    return content_hash(problem.question, *problem.steps)


def content_hash(*parts: str) -> str:
    """16 hex digits of some texts in their order."""
    # A part of several lines is told apart from several parts.
    lines = [json.dumps(part) if "\n" in part else part for part in parts]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
