"""`judge`: a model says whether an answer is right, where no rule can. Who asks it is passed in, or nobody judges."""

from collections.abc import Sequence

from pydantic import field_validator

from reasoner.domains.checkers import judge_prompt  # noqa: F401 (part of the fingerprint: what the model is asked)
from reasoner.domains.checkers.base import CheckerSettings, Gold, checks, spells
from reasoner.domains.checkers.text import TextChecker
from reasoner.types.check import Check, failed, right
from reasoner.types.judging import Judge, JudgeRules, Submission

UNBOUND = (
    "nobody is there to ask the judging model: answers of this task are judged in `reasoner loop`, `reasoner evaluate` "
    "and `reasoner tasks check`"
)
_TO_ASK = failed("not asked yet")


class JudgeSettings(JudgeRules, CheckerSettings):
    """Options of `judge`."""

    @field_validator("model")
    @classmethod
    def _can_judge(cls, model: str) -> str:
        if model.startswith("builtin/"):
            raise ValueError("the built-in expert judges nothing; name a model, such as anthropic/claude-haiku-4-5")
        return model


class JudgeChecker:
    """Asks a judge about answers that are neither empty nor, as `text` compares, equal to a reference answer."""

    name = "judge"
    version = "1"
    settings_type = JudgeSettings

    def __init__(self, settings: JudgeSettings, judge: Judge | None = None) -> None:
        self.settings = settings
        self._judge = judge
        self._plain = TextChecker()

    @property
    def rules(self) -> JudgeRules:
        """Its options."""
        return self.settings

    def bound(self, judge: Judge) -> "JudgeChecker":
        """The same checker with somebody to ask."""
        return JudgeChecker(self.settings, judge)

    def check(self, gold: Gold, answer: str) -> Check:
        """The verdict on one answer; see `check_all`."""
        return self.check_all([gold], [answer])[0]

    def check_all(self, golds: Sequence[Gold], answers: Sequence[str]) -> list[Check]:
        """The verdicts on answers, asked for together.

        Raises:
            BudgetReached, TeacherError: see `Judge`; what stops a run must not pass for a failure of the checker.
        """
        found = [self._unasked(gold, answer) for gold, answer in zip(golds, answers, strict=True)]
        places = [at for at, check in enumerate(found) if check is _TO_ASK]
        for at, said in zip(places, self._asked([submission(golds[i], answers[i]) for i in places]), strict=True):
            found[at] = said
        return found

    @spells
    def canonical(self, answer: str) -> str:
        """As `text` has it."""
        return self._plain.canonical(answer)

    def validate_gold(self, gold: Gold) -> str:
        """There must be a reference answer, and a question to judge by."""
        if not gold.question.strip():
            return "the row has no question"
        return "" if gold.accepted else "there is no gold answer; give the row an `answer`"

    @checks
    def _unasked(self, gold: Gold, answer: str) -> Check:
        """What needs no model: nothing is wrong, the same words are right."""
        said = self.canonical(answer)
        equal = bool(said) and any(said == self.canonical(one) for one in gold.accepted)
        return right() if equal or answer in gold.accepted else _TO_ASK

    def _asked(self, submissions: list[Submission]) -> list[Check]:
        if not submissions:
            return []
        return [failed(UNBOUND)] * len(submissions) if self._judge is None else self._judge.judge(submissions)


def submission(gold: Gold, answer: str) -> Submission:
    """What the judge is shown."""
    return Submission(question=gold.question, accepted=gold.accepted, answer=answer)
