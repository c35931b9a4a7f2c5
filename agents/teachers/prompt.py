"""What a teacher is asked. How its answer is read: `lesson_text`.

The user message is one JSON object, so that no text of a problem can pass for an instruction's frame and the built-in
expert reads it as any other model does. The gold answer and steps are never part of it: a teacher that can only repeat
the truth teaches nothing, and the check would prove nothing.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from agents.teachers.lesson_form import clean_text
from reasoner.types.record import Record
from reasoner.types.teaching import TeacherRequest

Messages = list[dict[str, str]]
"""Chat messages: `role` (system, user, assistant) and `content`."""

VERSION = "1"
"""Part of every cache key: other words are another question."""

_SYSTEM = """\
You teach a student who solves problems in small steps. You get a JSON object: a problem (`question`), what the \
student wrote (`student_steps`, `student_answer`; they may be wrong or missing), and how many new problems you shall \
write.

Answer with one JSON object and nothing else:
{"critique": "...", "steps": ["12+7=19", "19*2=38"], "answer": "38", \
"problems": [{"question": "...", "steps": ["..."], "answer": "..."}]}

critique: one or two sentences that name the student's first wrong step and say why it is wrong.
steps: your own worked solution. Each step is one equation `number operator number=number` with one of + - * /, exact, \
without units. Each operand is a number of the question or the result of an earlier step. The last result is the answer.
answer: the final number without units; the empty string, with no steps, if the problem cannot be solved.
problems: exactly as many as asked. Each needs the same number of steps and the same or a closely related skill, \
in the style and wording of the given problem, with other names, things and numbers, each different from all others, \
worked in the same way."""

_REPAIR = """\
That answer cannot be used: {error}
Answer again, with the corrected JSON object and nothing else."""

_QUOTED = 16_000
"""Characters of an unusable answer that go back to the teacher: each is paid for again."""


class Asked(Record):
    """The user message, as any teacher sees it."""

    question: str
    student_steps: list[str]
    student_answer: str
    new_problems: int


def build_messages(request: TeacherRequest) -> Messages:
    """The chat messages for one failure, without its gold answer and steps."""
    asked = Asked(
        question=request.problem.question,
        student_steps=list(request.attempt_steps),
        student_answer=request.attempt_answer,
        new_problems=request.new_problems,
    )
    user = json.dumps(asked.model_dump(), ensure_ascii=False, indent=1)
    return [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": user}]


def repair_messages(messages: Messages, text: str, *, error: str) -> Messages:
    """The conversation continued by the beginning of the unusable text and what is wrong with it."""
    repair = _REPAIR.format(error=error)
    return [
        *messages,
        {"role": "assistant", "content": clean_text(text[:_QUOTED])},
        {"role": "user", "content": repair},
    ]


def read_messages(messages: Sequence[Mapping[str, Any]]) -> Asked:
    """What the first user message asks; the inverse of `build_messages`.

    Raises:
        ValueError: there is no user message, or it is not the JSON object that `build_messages` writes.
    """
    user = next((m["content"] for m in messages if m["role"] == "user"), None)
    if user is None:
        raise ValueError(f"expected a user message among the roles {[m['role'] for m in messages]!r}")
    return Asked.model_validate_json(user)
