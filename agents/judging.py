"""What makes a worked solution hold by itself, whoever wrote it: a teacher, or the rows of a file.

Also the words that verdicts are given in, and the hash that names content.
"""

import hashlib
from collections.abc import Sequence

from reasoner.types.ports import Domain
from reasoner.types.problem import Outcome, Problem

ACCEPTED = "accepted"
AGREED = "agreed"
STANDS = "stands by itself"
NO_LESSON = "no lesson"
NO_STEPS = "no steps"
NO_ANSWER = "no answer"
TOO_LONG = "too many steps"
FALSE_STEP = "false step"
UNKNOWN_OPERAND = "unknown operand"
LOOSE_ANSWER = "answer is not the last result"
WRONG_ANSWER = "wrong answer"
UNCONFIRMED = "unconfirmed"
NO_AGREEMENT = "no agreement"
CHECKER_FAILED = "checker failed"
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

QUESTION_LENGTH = range(15, 2001)
"""Sane lengths of a question in characters."""
MOST_STEPS = 20


def fault_of(question: str, steps: Sequence[str], answer: str, problem: Problem, domain: Domain) -> str:
    """What is wrong with a worked solution as it stands, without knowing the truth; empty for nothing.

    Args:
        question: its text.
        steps: as they were written.
        answer: as it was written.
        problem: any problem of the domain, or the solved one; its answer is not looked at.
        domain: the truth.
    """
    if not steps:
        return NO_STEPS if answer.strip() else NO_ANSWER
    if len(steps) > MOST_STEPS:
        return TOO_LONG
    verdicts = domain.judge_steps(question, steps)
    if not all(verdict.true for verdict in verdicts):
        return FALSE_STEP
    if any(verdict.unknown for verdict in verdicts):
        return UNKNOWN_OPERAND
    if not answer.strip():
        return NO_ANSWER
    return LOOSE_ANSWER if same_answer(problem, domain.answer_of(steps), answer, domain) != "right" else ""


def same_answer(problem: Problem, truth: str, answer: str, domain: Domain) -> Outcome:
    """Whether two answers are the same to the domain's checker."""
    return domain.check(problem.model_copy(update={"answer": truth}), answer)


def tidy(steps: Sequence[str], domain: Domain) -> tuple[str, ...]:
    """The steps without spaces where they hold without them: the student learns one spelling."""
    dense = ["".join(step.split()) for step in steps]
    verdicts = domain.judge_steps("", dense)
    return tuple(d if v.true else step for d, v, step in zip(dense, verdicts, steps, strict=True))


def plain(question: str) -> str:
    """A question in small letters and single spaces: two that are the same text are equal."""
    return " ".join(question.lower().split())


def example_id(problem: Problem) -> str:
    """16 hex digits of question and steps: the same content has the same id, wherever it comes from."""
    return content_hash(problem.question, *problem.steps)


def content_hash(*parts: str) -> str:
    """16 hex digits of some texts in their order."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
