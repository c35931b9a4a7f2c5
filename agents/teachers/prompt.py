"""What a teacher is asked. How its answer is read: `lesson_text`.

The user message is one JSON object, so that no text of a problem can pass for an instruction's frame and the built-in
expert reads it as any other model does. The gold answer and steps are never part of it: a teacher that can only repeat
the truth teaches nothing, and the check would prove nothing.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from agents.teachers.lesson_form import clean_text
from reasoner.types.domain import TeacherBrief
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
{example}

critique: one or two sentences that name the student's first wrong step and say why it is wrong.
steps: your own worked solution. {steps}
answer: {answer}; the empty string, with no steps, if the problem cannot be solved.
problems: exactly as many as asked. Each needs {problems}, \
in the style and wording of the given problem, with other names, things and numbers, each different from all others, \
worked in the same way."""
_EXAMPLE = '{{"critique": "...", "steps": {}, "answer": {}, "problems": [{}]}}'
_EXAMPLE_PROBLEM = '{"question": "...", "steps": ["..."], "answer": "..."}'

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


def build_messages(request: TeacherRequest, brief: TeacherBrief) -> Messages:
    """The chat messages for one failure, without its gold answer and steps."""
    asked = Asked(
        question=request.problem.question,
        student_steps=list(request.attempt_steps),
        student_answer=request.attempt_answer,
        new_problems=request.new_problems,
    )
    user = json.dumps(asked.model_dump(), ensure_ascii=False, indent=1)
    return [{"role": "system", "content": _system(brief)}, {"role": "user", "content": user}]


def _system(brief: TeacherBrief) -> str:
    """What stands before every exercise of a domain."""
    steps, answer = (json.dumps(x, ensure_ascii=False) for x in (list(brief.example_steps), brief.example_answer))
    return _SYSTEM.format(
        example=_EXAMPLE.format(steps, answer, _EXAMPLE_PROBLEM),
        steps=brief.steps,
        answer=brief.answer,
        problems=brief.problems,
    )


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
