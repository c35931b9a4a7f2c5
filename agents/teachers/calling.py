"""The life of a teacher call: cache, reservation, request, retries, one repair, settlement.

Each request is reserved in the ledger at its worst price before it goes out, so no limit is passed however many are in
flight. A call that fails after its retries is data. What a call was, its dollars and its requests, is what the ledger
says: so it reads the same whether it was made just now or before a crash.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from agents.teachers import prompt
from agents.teachers.lesson_form import LessonError
from agents.teachers.lesson_text import parse_lesson
from agents.teachers.patience import Patience
from agents.teachers.prompt import Messages, build_messages, repair_messages
from agents.teachers.provider import Ledger, Provider, Reply, SendError
from agents.teachers.reserving import Reservations
from reasoner.config.settings import LimitSettings
from reasoner.errors import TeacherError
from reasoner.types.domain import TeacherBrief
from reasoner.types.teaching import CallState, Lesson, TeacherCall, TeacherRequest


class Caller(Reservations):
    """Asks for single lessons. Safe between threads.

    Args:
        provider: sends the requests.
        ledger: books them.
        limits: the run's hard limits.
        patience: for retries.
        brief: what is asked for.
        cache: whether answers that other runs paid are used. What this run paid is never asked again.
        out_of_time: whether the run's minutes are used up; asked before every request. None where nobody counts them.
        say: told what people should hear while they wait.
    """

    def __init__(
        self,
        provider: Provider,
        ledger: Ledger,
        *,
        limits: LimitSettings,
        patience: Patience,
        brief: TeacherBrief,
        cache: bool,
        out_of_time: Callable[[], bool] | None = None,
        say: Callable[[str], None] = lambda _: None,
    ):
        super().__init__(provider.model, ledger, limits=limits, patience=patience, out_of_time=out_of_time, say=say)
        self.provider = provider
        self.brief = brief
        self._cache = cache

    def key(self, request: TeacherRequest) -> str:
        """16 hex digits (SHA-256, cut) of prompt, model, parameters and sample."""
        identity = [prompt.VERSION, self.provider.identity(), build_messages(request, self.brief), request.sample]
        return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]

    def call(self, request: TeacherRequest) -> TeacherCall:
        """One lesson: from the cache, as this run and cycle were given it before, or from the teacher.

        Raises:
            BudgetReached: a limit forbids the next request of this call.
            TeacherError: the teacher cannot be used, and never could in this session.
            Interrupted: `interrupt` was called while it waited.
        """
        key = self.key(request)
        known = self.ledger.cached(key, own=not self._cache)
        if known is None:
            _Call(self, key, request).run()
            known = self.ledger.cached(key, own=True)
            assert known is not None, f"call {key!r} ended without being settled"
        return known.model_copy(update={"problem_id": request.problem.id})


@dataclass(frozen=True)
class _Unusable:
    """An answer that is no lesson."""

    text: str
    error: str


class _Call:
    """One call on its way. It is over when its last request is settled in the ledger."""

    def __init__(self, caller: Caller, key: str, request: TeacherRequest):
        self._caller = caller
        self._key = key
        self._request = request
        self._answers = 0
        """Requests whose outcome is known: what is sent after one is another request, not the same again."""

    def run(self) -> None:
        """Asks, and asks once more for a repair of an answer that cannot be used."""
        messages = build_messages(self._request, self._caller.brief)
        unusable = self._ask(messages, repairing=False)
        if unusable is not None:
            self._ask(repair_messages(messages, unusable.text, error=unusable.error), repairing=True)

    def _ask(self, messages: Messages, *, repairing: bool) -> _Unusable | None:
        """Sends until an answer comes or patience ends; an answer to be repaired comes back, all else is settled."""
        caller, tries, garbled = self._caller, 0, 0
        while True:
            worst = caller.provider.worst_usd(messages)
            with caller.reserved(self._key, self._request.problem.id, usd=worst):
                start = time.monotonic()
                try:
                    name = f"{self._key}|{self._answers}"
                    reply = caller.provider.send(messages, sample=self._request.sample, name=name)
                except SendError as error:
                    tries, garbled = tries + (not error.changed), garbled + error.answered
                    self._answers += not error.charged
                    delay = caller.delay(self._key, error, tries=tries, garbled=garbled)
                    self._refused(error, last=delay is None, seconds=time.monotonic() - start)
                else:
                    caller.answered.set()
                    self._answers += 1
                    return self._judge(reply, repairing=repairing)
            if delay is None:
                return None
            caller.wait(_until(time.monotonic() + delay))

    def _refused(self, error: SendError, *, last: bool, seconds: float) -> None:
        """Books a request without an answer.

        Raises:
            TeacherError: the teacher cannot be used, so that the call may be made once it can.
        """
        caller = self._caller
        hopeless = last and error.useless and not caller.answered.is_set()
        if hopeless or not last:
            caller.ledger.fail(self._key, str(error), usd=None if error.charged else 0.0, seconds=seconds)
        else:
            state: CallState = "lost" if error.charged else "failed"
            caller.ledger.settle(self._key, self._record(state, error=str(error), seconds=seconds))
        if hopeless:
            raise TeacherError(str(error)) from error

    def _judge(self, reply: Reply, *, repairing: bool) -> _Unusable | None:
        """Books an answer; it comes back where it cannot be used and may still be repaired."""
        ledger = self._caller.ledger
        this = {
            "usd": reply.usd,
            "prompt_tokens": reply.prompt_tokens,
            "completion_tokens": reply.completion_tokens,
            "seconds": reply.seconds,
        }
        try:
            lesson = self._lesson(reply.text)
        except LessonError as fault:
            error = f"unusable answer{f', {reply.note}' if reply.note else ''}: {fault}"
            if repairing:
                ledger.settle(self._key, self._record("failed", error=error, **this))
                return None
            ledger.fail(self._key, error, **this)
            return _Unusable(reply.text, str(fault))
        ledger.settle(self._key, self._record("done", lesson=lesson, **this))
        return None

    def _lesson(self, text: str) -> Lesson:
        """The lesson in a text, with no more new problems than were asked for.

        Raises:
            LessonError: there is none.
        """
        lesson = parse_lesson(text)
        return lesson.model_copy(update={"problems": lesson.problems[: self._request.new_problems]})

    def _record(
        self,
        state: CallState,
        *,
        lesson: Lesson | None = None,
        error: str = "",
        usd: float = 0.0,
        prompt_tokens: int = 0,
        completion_tokens: int = 0,
        seconds: float = 0.0,
    ) -> TeacherCall:
        """The last request of the call, as the ledger wants it."""
        return TeacherCall(
            id=self._key,
            model=self._caller.provider.model,
            problem_id=self._request.problem.id,
            state=state,
            cached=False,
            lesson=lesson,
            error=error,
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            usd=usd,
            seconds=seconds,
            requests=1,
        )


def _until(moment: float) -> Callable[[], float]:
    """The seconds that are left until a moment of the monotonic clock."""
    return lambda: moment - time.monotonic()
