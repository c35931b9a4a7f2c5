"""A task made from rows behind the `Domain` port: a checker judges answers, and steps stand by their answer alone."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from reasoner.domains.checkers.base import AnswerChecker, AsksJudge, ChecksManyAnswers, Gold, OffersAnswers
from reasoner.domains.checkers.fingerprint import fingerprint
from reasoner.domains.checkers.registry import get_checker
from reasoner.domains.rows.columns import Reader
from reasoner.domains.rows.task_file import BY_NAME, SUFFIXES, TaskFile, is_hub_name, read_task_file, task_of
from reasoner.domains.structures import structure_of_text
from reasoner.plugins import is_file, path_of, require_trusted
from reasoner.types.check import Check
from reasoner.types.domain import DomainInfo, TeacherBrief
from reasoner.types.judging import Judge, JudgeRules
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
        checker: in place of the one that it names, such as that one with a judge to ask.
    """

    def __init__(self, task: TaskFile, *, checker: AnswerChecker | None = None) -> None:
        self.task = task
        if task.rows:  # else it lacks the power `HasRows`
            self.rows = task.rows
        self._checker = checker or get_checker(task.checker.kind, task.checker.options)
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

    def check_all(self, problems: Sequence[Problem], answers: Sequence[str]) -> list[Check]:
        """The same of many, together where the checker can."""
        golds = [gold_of(problem) for problem in problems]
        if isinstance(self._checker, ChecksManyAnswers):
            return self._checker.check_all(golds, answers)
        return [self._checker.check(gold, answer) for gold, answer in zip(golds, answers, strict=True)]

    @property
    def judging(self) -> JudgeRules | None:
        """What is wanted of a judging model; None where none judges."""
        return self._checker.rules if isinstance(self._checker, AsksJudge) else None

    def with_judge(self, judge: Judge) -> "RowsDomain":
        """The same task with somebody who asks the model."""
        assert isinstance(self._checker, AsksJudge), f"{self._checker.name} asks no judge"
        return RowsDomain(self.task, checker=self._checker.bound(judge))

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
        """A row by the task file's columns; see `columns.Reader`. An only step that is the answer is as `offered`."""
        found = self._reader.read(fields)
        return found if found["steps"] != (found["answer"],) else {**found, "steps": (self._as_offered(found),)}

    def offered(self, question: str) -> tuple[str, ...]:
        """All answers that there are: letters of the options that a question shows, or the labels that are allowed."""
        return self._checker.offered(question) if isinstance(self._checker, OffersAnswers) else ()

    def validate_gold(self, problem: Problem) -> str:
        """Empty, or what is wrong with the gold answer of a row."""
        return self._checker.validate_gold(gold_of(problem))

    def _as_offered(self, fields: Mapping[str, Any]) -> str:
        """A row's answer in the words in which it is offered, so that what is learnt is what can be chosen."""
        answer, offered = str(fields["answer"]), self.offered(str(fields["question"]))
        if answer in offered:
            return answer
        material = fields["material"]
        gold = Gold(answer=answer, choices=tuple(material.get(_CHOICES, ())), question=str(fields["question"]))
        return next((one for one in offered if self._checker.check(gold, one).outcome == "right"), answer)


def gold_of(problem: Problem) -> Gold:
    """What a problem's row says of the right answer."""
    rest = dict(problem.material)
    accepted, choices = rest.pop(_ACCEPTED, ()), rest.pop(_CHOICES, ())
    return Gold(
        answer=problem.answer,
        answers=tuple(accepted),
        choices=tuple(choices),
        material=rest,
        question=problem.question,
    )


def rows_domain(path: str) -> RowsDomain:
    """The task of a task file, or of a file of rows whose columns are called as `Columns` has them.

    Raises:
        ConfigError: the file is not there or says something that no task can be made of.
    """
    file = Path(path).expanduser()
    rows = path if is_hub_name(path) else file.name
    task = read_task_file(file) if file.suffix in SUFFIXES else task_of({"rows": rows, **BY_NAME}, file)
    if is_file(task.checker.kind):
        require_trusted(file)
        kind = str(file.parent / path_of(task.checker.kind)) + ":" + task.checker.kind.rpartition(":")[2]
        task = task.model_copy(update={"checker": task.checker.model_copy(update={"kind": kind})})
    return RowsDomain(task)
