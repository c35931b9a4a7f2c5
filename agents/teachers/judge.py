"""A model that judges answers, behind the same door as teachers: ledger, limits, retries, timeouts, one repair.

A verdict is remembered by model, prompt (rubric, question, reference answers, answer) and parameters in the home: a
repeat, a killed run and a second evaluation pay nothing.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from agents.teachers.asks import Unusable
from agents.teachers.calling import Caller
from agents.teachers.crowd import OnProgress, ask_all
from agents.teachers.litellm_provider import LiteLLMProvider
from agents.teachers.patience import Patience
from agents.teachers.prompt import Messages
from agents.teachers.provider import Ledger
from reasoner.config.settings import LimitSettings, TeacherSettings
from reasoner.domains.checkers.judge_prompt import judge_messages, read_judgement
from reasoner.errors import TeacherError
from reasoner.types.check import Check, failed, right, wrong
from reasoner.types.judging import JudgeRules, Submission
from reasoner.types.teaching import JudgeCall, Judgement

_SEED = 0
"""Of the jitter between retries."""


class JudgeAsks:
    """Asks for a verdict.

    Args:
        rubric: when an answer is right.
    """

    version = "judge 1"
    kind = JudgeCall
    field = "judgement"

    def __init__(self, rubric: str) -> None:
        self._rubric = rubric

    def messages(self, request: Submission) -> Messages:
        """See `judge_prompt`."""
        return judge_messages(request, self._rubric)

    def about(self, request: Submission) -> str:  # noqa: ARG002 (an `Asks`)
        """No problem: nobody is taught by it."""
        return ""

    def sample(self, request: Submission) -> int:  # noqa: ARG002 (an `Asks`)
        """The first: the same answer has one verdict."""
        return 0

    def read(self, request: Submission, text: str) -> Judgement:  # noqa: ARG002 (an `Asks`)
        """The verdict in a text."""
        try:
            return read_judgement(text)
        except ValueError as fault:
            raise Unusable(str(fault)) from fault


class LiteLLMJudge:
    """A `Judge`.

    Args:
        rules: who judges, and how the model is called.
        limits: the run's hard limits, which hold for teacher and judge together.
        books: the run's books of verdicts in a cycle; in none before the first, where the judge itself is tried.
        out_of_time: whether the run's minutes are used up.
        say: told what people should hear.
        on_progress: told cycle, node, verdicts that are there and verdicts that are asked for.
        first_delay: seconds before the first retry.
    """

    def __init__(
        self,
        rules: JudgeRules,
        limits: LimitSettings,
        books: Callable[[int | None], Ledger[JudgeCall]],
        *,
        out_of_time: Callable[[], bool] | None = None,
        say: Callable[[str], None] = lambda _: None,
        on_progress: Callable[[int, str, int, int], None] | None = None,
        first_delay: float = 0.5,
    ) -> None:
        self.rules = rules
        self._limits, self._books = limits, books
        self._out_of_time, self._say, self._on_progress = out_of_time, say, on_progress
        self._patience = Patience(retries=rules.retries, first_delay=first_delay, seed=_SEED)
        self._cycle: int | None = None
        self._node = ""

    def turn_to(self, cycle: int, node: str) -> None:
        """From now on this cycle pays, for this node."""
        self._cycle, self._node = cycle, node

    def judge(self, submissions: Sequence[Submission]) -> list[Check]:
        """Asks about all together; equal submissions once.

        Raises:
            BudgetReached: a limit forbids the next verdict; those that came are kept.
            TeacherError: the model cannot be used at all.
        """
        if not submissions:
            return []
        with _as_the_task_says():
            caller = Caller(
                _provider(self.rules, self._say),
                self._books(self._cycle),
                limits=self._limits,
                patience=self._patience,
                asks=JudgeAsks(self.rules.rubric),
                cache=True,
                # A cycle that runs again after a kill must end as it did; elsewhere a server may answer the next time.
                recalls_failures=self._cycle is not None,
                out_of_time=self._out_of_time,
                say=self._say,
            )
            calls = ask_all(caller, submissions, concurrency=self.rules.concurrency, on_progress=self._listener())
        return [_check(call) for call in calls]

    def _listener(self) -> OnProgress | None:
        heard, cycle, node = self._on_progress, self._cycle, self._node
        return None if heard is None or cycle is None else lambda done, total: heard(cycle, node, done, total)


def settings_of(rules: JudgeRules) -> TeacherSettings:
    """How the model is called: as a teacher would be, and never warmer than 0."""
    shared: dict[str, Any] = rules.model_dump(include=set(JudgeRules.model_fields) & set(TeacherSettings.model_fields))
    return TeacherSettings(**shared, temperature=0.0)


def preflight(rules: JudgeRules) -> None:
    """Says before anything is done whether this judge could be asked at all. Sends nothing.

    Raises:
        TeacherError: the price is unknown, the key is missing, or the model string means nothing.
    """
    with _as_the_task_says():
        _provider(rules)


def worst_usd(rules: JudgeRules, submissions: Sequence[Submission]) -> float:
    """Upper bound of the dollars of so many verdicts, each with a repair.

    Raises:
        TeacherError: no price, no key, no such model.
    """
    with _as_the_task_says():
        provider, asks = _provider(rules), JudgeAsks(rules.rubric)
        return sum(2 * provider.worst_usd(asks.messages(one)) for one in submissions)


def _provider(rules: JudgeRules, say: Callable[[str], None] = lambda _: None) -> LiteLLMProvider:
    return LiteLLMProvider(settings_of(rules), seed=_SEED, say=say, answer=Judgement)


@contextmanager
def _as_the_task_says() -> Iterator[None]:
    """A judge's settings stand in the task file, so errors that name a teacher's name those."""
    try:
        # The library warns about its own insides; where warnings are errors, paid answers would be lost.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except TeacherError as error:
        raise TeacherError(f"the judge: {str(error).replace('teacher.', 'checker.')}") from error


def _check(call: JudgeCall) -> Check:
    """The verdict that a call is."""
    if call.judgement is None:
        return failed(f"the judge {call.model} gave no verdict: {call.error}")
    evidence = {"judge": call.model, "call": call.id}
    if call.judgement.verdict == "right":
        return right(evidence)
    return wrong(call.judgement.reason, evidence=evidence)
