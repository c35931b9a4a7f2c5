"""The built-in expert as a teacher among others: it reads the prompt and answers with the text of a lesson.

What it knows of a task is the domain's own (the power `BuiltinExpert`). A pure function: the same prompt, seed, sample
and error rate give the same text. What it cannot read it says so.
"""

import hashlib
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from agents.teachers.prompt import read_messages
from reasoner.domains.registry import get_domain
from reasoner.errors import TeacherError
from reasoner.types.domain import BuiltinExpert, Exercise, power
from reasoner.types.teaching import Lesson, WrittenProblem


def expert_of(task: str) -> BuiltinExpert:
    """The expert of a task.

    Raises:
        TeacherError: its domain has none.
    """
    expert = power(get_domain(task), BuiltinExpert)
    if expert is None:
        raise TeacherError(
            f"the task {task!r} has no built-in expert: choose teacher.model=PROVIDER/MODEL, or teacher.model=none"
        )
    return expert


def write_lesson(messages: Sequence[Mapping[str, Any]], *, task: str, seed: int, sample: int, error_rate: float) -> str:
    """The JSON text of a lesson.

    Args:
        messages: as `prompt.build_messages` makes them; only the first user message counts.
        task: whose expert writes it.
        seed: 0 or more; of the run.
        sample: tells repeated questions apart; other mistakes, other new problems.
        error_rate: chance of each piece (the solution, each new problem) to be spoilt, 0 to 1.
    """
    expert = expert_of(task)
    rng = Random(_hash(expert.expert_version, messages, seed, sample))
    try:
        written = expert.lesson(_exercise(messages), rng, error_rate=error_rate)
    except ValueError as error:  # CannotTeach, or a message that is no exercise
        return _refusal(error).model_dump_json()
    problems = [WrittenProblem(question=p.question, steps=list(p.steps), answer=p.answer) for p in written.problems]
    return Lesson(
        critique=written.critique, steps=list(written.steps), answer=written.answer, problems=problems
    ).model_dump_json()


def _exercise(messages: Sequence[Mapping[str, Any]]) -> Exercise:
    asked = read_messages(messages)
    return Exercise(
        question=asked.question,
        student_steps=tuple(asked.student_steps),
        student_answer=asked.student_answer,
        new_problems=asked.new_problems,
    )


def _hash(version: str, messages: Sequence[Mapping[str, Any]], seed: int, sample: int) -> int:
    said = "\n".join(str(m["content"]) for m in messages)
    return int(hashlib.sha256(f"{version}|{seed}|{sample}|{said}".encode()).hexdigest()[:16], 16)


def _refusal(error: Exception) -> Lesson:
    return Lesson(
        critique=f"I cannot read this problem, so I cannot teach it: {error}", steps=[], answer="", problems=[]
    )
