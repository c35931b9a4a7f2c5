"""What a call asks for and how its answer is read: a lesson of a teacher, or a judge's verdict (`judge.py`)."""

from typing import Protocol, TypeVar

from agents.teachers import prompt
from agents.teachers.lesson_form import LessonError
from agents.teachers.lesson_text import parse_lesson
from agents.teachers.prompt import Messages, build_messages
from reasoner.types.domain import TeacherBrief
from reasoner.types.teaching import JudgeCall, Lesson, TeacherCall, TeacherRequest

R = TypeVar("R")
"""A request."""
R_contra = TypeVar("R_contra", contravariant=True)
C = TypeVar("C", TeacherCall, JudgeCall)

Unusable = LessonError
"""An answer that is not what was asked for; the message says what is wrong in words that the model can act on."""


class Asks(Protocol[R_contra, C]):
    """What is asked for."""

    version: str
    """Of the prompt: part of every key."""
    kind: type[C]
    field: str
    """Of `kind`, that holds the answer."""

    def messages(self, request: R_contra) -> Messages:
        """The chat messages."""
        ...

    def about(self, request: R_contra) -> str:
        """The id of the problem that it is about; empty for none."""
        ...

    def sample(self, request: R_contra) -> int:
        """What tells repeated questions apart."""
        ...

    def read(self, request: R_contra, text: str) -> object:
        """The answer in a text.

        Raises:
            Unusable: there is none.
        """
        ...


class LessonAsks:
    """Asks for a lesson.

    Args:
        brief: what is told about solutions.
    """

    version = prompt.VERSION
    kind = TeacherCall
    field = "lesson"

    def __init__(self, brief: TeacherBrief) -> None:
        self._brief = brief

    def messages(self, request: TeacherRequest) -> Messages:
        """See `prompt`."""
        return build_messages(request, self._brief)

    def about(self, request: TeacherRequest) -> str:
        """The failure."""
        return request.problem.id

    def sample(self, request: TeacherRequest) -> int:
        """As the request counts them."""
        return request.sample

    def read(self, request: TeacherRequest, text: str) -> Lesson:
        """The lesson, with no more new problems than were asked for."""
        lesson = parse_lesson(text)
        return lesson.model_copy(update={"problems": lesson.problems[: request.new_problems]})
