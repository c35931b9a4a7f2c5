"""What every answer checker has, and the rules that hold for all of them.

A checker compares a student's answer with a row's gold answer. An empty answer is wrong, so is one of more than
`LONGEST` characters; a gold answer that cannot be used, a limit that is reached and an exception of the checker are the
third outcome, `error`. `@checks` and `@spells` put these rules around the two methods, so that no checker repeats them.
"""

import functools
import hashlib
import itertools
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from reasoner.types.check import Check, failed, wrong
from reasoner.types.judging import Judge, JudgeRules
from reasoner.types.record import Record

LONGEST = 100_000
"""Characters of an answer, also once its ligatures are taken apart; longer ones are wrong unread."""
MOST_MARKS = 64
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and signs that nobody sees."""


class LimitReached(Exception):
    """A check took too long or needed too much memory, and was stopped."""


class Gold(Record):
    """What a row says of the right answer."""

    answer: str = ""
    answers: tuple[str, ...] = ()
    """Further accepted answers; for `labels`, the labels."""
    choices: tuple[str, ...] = ()
    """The options of the question, in order: the first is A."""
    material: dict[str, Any] = Field(default={})
    """What else the checker needs: `pattern`, `schema`, `database`, `script`."""
    question: str = ""
    """For a checker that judges by it."""

    @property
    def accepted(self) -> tuple[str, ...]:
        """All accepted answers, `answer` first, without repetition and without blank ones."""
        return tuple(one for one in dict.fromkeys((self.answer, *self.answers)) if not is_blank(one))


class CheckerSettings(BaseModel):
    """The options of one kind of checker: frozen, unknown ones refused, and numbers that are not finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _truth_is_no_number(cls, value: object, info: ValidationInfo) -> object:
        """`true` would count as 1."""
        if isinstance(value, bool) and cls.model_fields[info.field_name or ""].annotation in (int, float):
            raise PydanticCustomError("number", "Input should be a number, not true or false")
        return value


class AnswerChecker(Protocol):
    """Says whether an answer is right. No method raises, whatever the text."""

    name: str
    version: str

    @property
    def settings(self) -> CheckerSettings:
        """The options with which it was made."""
        ...

    def check(self, gold: Gold, answer: str) -> Check:
        """Judges an answer."""
        ...

    def canonical(self, answer: str) -> str:
        """The same text for answers that the checker holds equal, as far as it can tell; for votes and duplicates."""
        ...

    def validate_gold(self, gold: Gold) -> str:
        """Empty, or what is wrong with the gold answer of a row."""
        ...


@runtime_checkable
class ChecksManyAnswers(Protocol):
    """A checker that waits for others and judges many answers faster together."""

    def check_all(self, golds: Sequence[Gold], answers: Sequence[str]) -> list[Check]:
        """The check of an answer to each, in their order."""
        ...


@runtime_checkable
class OffersAnswers(Protocol):
    """A checker that knows which answers there are to a question."""

    def offered(self, question: str) -> tuple[str, ...]:
        """All of them; empty where it does not know them."""
        ...


@runtime_checkable
class AsksJudge(Protocol):
    """A checker that needs somebody to ask a model."""

    @property
    def rules(self) -> JudgeRules:
        """What is wanted of the model."""
        ...

    def bound(self, judge: Judge) -> AnswerChecker:
        """The same checker with somebody to ask."""
        ...


Judging = TypeVar("Judging", bound=Callable[..., Check])
Spelling = TypeVar("Spelling", bound=Callable[..., str])


def is_blank(text: str) -> bool:
    """Whether nobody would see anything: blanks, marks of direction, controls and signs of no width."""
    return all(
        character.isspace() or character in _BLANK or unicodedata.category(character)[0] in "CM" for character in text
    )


def _excess(text: str) -> str:
    """What makes a text too much to read; empty for almost all. Marks and ligatures may cost more than their length."""
    length = len(text)
    if length <= LONGEST and not text.isascii():
        if _marks(text) > MOST_MARKS:
            return f"more than {MOST_MARKS} marks stand on one letter"
        length = max(length, len(unicodedata.normalize("NFKC", text)))
    return f"the answer has {length:,} characters; at most {LONGEST:,} are read" if length > LONGEST else ""


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) > 0


def _marks(text: str) -> int:
    """The longest run of combining marks; sorting one takes quadratic time."""
    return max((len(list(run)) for marks, run in itertools.groupby(text, _is_mark) if marks), default=0)


def shown(text: str, *, most: int = 60) -> str:
    """A text as it may stand in a reason: quoted, escaped, shortened in the middle."""
    kept = text if len(text) <= most else f"{text[: most * 2 // 3]}...{text[-most // 3 :]}"
    return ascii(kept) if not kept.isprintable() else repr(kept)


def checks(check: Judging) -> Judging:
    """Puts the rules of all checkers around the `check` of one. See the head of this module."""

    @functools.wraps(check)
    def judged(self: AnswerChecker, gold: Gold, answer: str) -> Check:
        if is_blank(answer):
            return wrong("there is no answer")
        if fault := _excess(answer):
            return wrong(fault)
        try:
            fault = self.validate_gold(gold)
            return failed(f"the gold answer cannot be used: {fault}") if fault else check(self, gold, answer)
        except LimitReached as stopped:
            return failed(str(stopped))
        except Exception as failure:  # the third outcome; a crash must not pass for "wrong"
            return failed(f"the checker {self.name} failed: {type(failure).__name__}: {shown(str(failure), most=300)}")

    return cast(Judging, judged)


def spells(canonical: Spelling) -> Spelling:
    """Makes a `canonical` total: all blank answers are one; those on which it fails are equal to themselves alone."""

    @functools.wraps(canonical)
    def spelt(self: AnswerChecker, answer: str) -> str:
        if is_blank(answer):
            return ""
        if _excess(answer):
            return f"too long: {hashlib.sha256(answer.encode('utf-8', 'surrogatepass')).hexdigest()}"
        try:
            return canonical(self, answer)
        except Exception:  # best effort: an answer that cannot be spelt otherwise is equal to itself alone
            return answer

    return cast(Spelling, spelt)
