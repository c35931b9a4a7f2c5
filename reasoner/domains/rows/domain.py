"""A task made from rows behind the `Domain` port: a checker judges answers, and steps stand by their answer alone."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from reasoner.domains.checkers.base import Gold
from reasoner.domains.checkers.fingerprint import fingerprint
from reasoner.domains.checkers.registry import get_checker
from reasoner.domains.rows.columns import Reader
from reasoner.domains.rows.task_file import SUFFIXES, TaskFile, is_hub_name, read_task_file, task_of
from reasoner.domains.structures import structure_of_text
from reasoner.plugins import is_file, path_of, require_trusted
from reasoner.types.check import Check
from reasoner.types.domain import DomainInfo, TeacherBrief
from reasoner.types.problem import Problem

SKILL = "all"
"""Where no column tells skills apart."""
ANSWER = "answer:"
"""How a step that is the answer may begin."""
_ACCEPTED, _CHOICES = "accepted", "choices"


class RowsDomain:
    """What a task file says.

    Args:
        task: its content, with the path of the rows made absolute.
    """

    def __init__(self, task: TaskFile) -> None:
        self.task = task
        if task.rows:  # else it lacks the power `HasRows`
            self.rows = task.rows
        self._checker = get_checker(task.checker.kind, task.checker.options)
        self._reader = Reader(task)

    @property
    def info(self) -> DomainInfo:
        """The fingerprint is that of the checker and of the whole task file."""
        return self._info

    @cached_property
    def _info(self) -> DomainInfo:
        content = self.task.model_dump_json(exclude={"rows"})
        mark = hashlib.sha256(f"{content} {fingerprint(self._checker)}".encode()).hexdigest()
        return DomainInfo(name=self.task.name, version="1", skills=(SKILL,), fingerprint=mark)

    def check(self, problem: Problem, answer: str) -> Check:
        """As the checker says it."""
        return self._checker.check(gold_of(problem), answer)

    def answer_of(self, steps: Sequence[str]) -> str:
        """The last step, without `answer:` before it."""
        last = steps[-1].strip() if steps else ""
        return last[len(ANSWER) :].strip() if last.lower().startswith(ANSWER) else last

    def canonical(self, step: str) -> str:
        """As it is, but for blanks at its end: whoever wrote the rows knows what their steps mean."""
        return step.rstrip()

    def structure(self, question: str, steps: Sequence[str]) -> str:  # noqa: ARG002 (the question alone decides)
        """That of the question's text."""
        return structure_of_text(question)

    def brief(self) -> TeacherBrief:
        """As the task file tells it."""
        return TeacherBrief(
            steps=self.task.steps,
            answer=self.task.answer,
            example_steps=("...", "the answer"),
            example_answer="the answer",
            problems="a question of the same kind",
            question_length=(2, 20_000),
        )

    def read_row(self, fields: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """A row by the task file's columns; see `columns.Reader`."""
        return self._reader.read(fields)

    def validate_gold(self, problem: Problem) -> str:
        """Empty, or what is wrong with the gold answer of a row."""
        return self._checker.validate_gold(gold_of(problem))


def gold_of(problem: Problem) -> Gold:
    """What a problem's row says of the right answer."""
    rest = dict(problem.material)
    accepted, choices = rest.pop(_ACCEPTED, ()), rest.pop(_CHOICES, ())
    return Gold(answer=problem.answer, answers=tuple(accepted), choices=tuple(choices), material=rest)


def rows_domain(path: str) -> RowsDomain:
    """The task of a task file, or of a file of rows whose columns are called as `Columns` has them.

    Raises:
        ConfigError: the file is not there or says something that no task can be made of.
    """
    file = Path(path).expanduser()
    rows = path if is_hub_name(path) else file.name
    task = read_task_file(file) if file.suffix in SUFFIXES else task_of({"rows": rows}, file)
    if is_file(task.checker.kind):
        require_trusted(file)
        kind = str(file.parent / path_of(task.checker.kind)) + ":" + task.checker.kind.rpartition(":")[2]
        task = task.model_copy(update={"checker": task.checker.model_copy(update={"kind": kind})})
    return RowsDomain(task)
