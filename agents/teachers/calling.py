"""The life of a call to a teacher or a judge: cache, reservation, request, retries, one repair, settlement.

Each request is reserved in the ledger at its worst price before it goes out, so no limit is passed however many are in
flight. A call that fails after its retries is data. What a call was, its dollars and its requests, is what the ledger
says: so it reads the same whether it was made just now or before a crash.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from agents.teachers.asks import Asks, C, R, Unusable
from agents.teachers.patience import Patience
from agents.teachers.prompt import Messages, repair_messages
from agents.teachers.provider import Ledger, Provider, Reply, SendError
from agents.teachers.reserving import Reservations
from reasoner.config.settings import LimitSettings
from reasoner.errors import TeacherError
from reasoner.types.teaching import CallState


class Caller(Reservations, Generic[R, C]):
    """Asks for single answers. Safe between threads.

    Args:
        provider: sends the requests.
        ledger: books them.
        limits: the run's hard limits.
        patience: for retries.
        asks: what is asked for, and how it is read.
        cache: whether answers that other runs paid are used. What this run paid is never asked again.
        recalls_failures: whether a call that failed in this run and cycle stays failed, for a cycle that runs again.
        out_of_time: whether the run's minutes are used up; asked before every request. None where nobody counts them.
        say: told what people should hear while they wait.
    """

    def __init__(
        self,
        provider: Provider,
        ledger: Ledger[C],
        *,
        limits: LimitSettings,
        patience: Patience,
        asks: Asks[R, C],
        cache: bool,
        recalls_failures: bool = True,
        out_of_time: Callable[[], bool] | None = None,
        say: Callable[[str], None] = lambda _: None,
    ):
        super().__init__(provider.model, ledger, limits=limits, patience=patience, out_of_time=out_of_time, say=say)
        self.provider = provider
        self.asks = asks
        self._cache, self._recalls_failures = cache, recalls_failures

    def key(self, request: R) -> str:
        """16 hex digits (SHA-256, cut) of prompt, model, parameters and sample."""
        asks = self.asks
        identity = [asks.version, self.provider.identity(), asks.messages(request), asks.sample(request)]
        return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]

    def call(self, request: R) -> C:
        """One answer: from the cache, as this run and cycle were given it before, or from the teacher.

        Raises:
            BudgetReached: a limit forbids the next request of this call.
            TeacherError: the teacher cannot be used, and never could in this session.
            Interrupted: `interrupt` was called while it waited.
        """
        key = self.key(request)
        known = self.ledger.cached(key, own=not self._cache)
        if known is None or (known.answer is None and not self._recalls_failures):
            _Call(self, key, request).run()
            known = self.ledger.cached(key, own=True)
            assert known is not None, f"call {key!r} ended without being settled"
        return known.model_copy(update={"problem_id": self.asks.about(request)})


@dataclass(frozen=True)
class _Unusable:
    """An answer that is not what was asked for."""

    text: str
    error: str


class _Call(Generic[R, C]):
    """One call on its way. It is over when its last request is settled in the ledger."""

    def __init__(self, caller: Caller[R, C], key: str, request: R):
        self._caller = caller
        self._key = key
        self._request = request
        self._answers = 0
        """Requests whose outcome is known: what is sent after one is another request, not the same again."""

    def run(self) -> None:
        """Asks, and asks once more for a repair of an answer that cannot be used."""
        messages = self._caller.asks.messages(self._request)
        unusable = self._ask(messages, repairing=False)
        if unusable is not None:
            self._ask(repair_messages(messages, unusable.text, error=unusable.error), repairing=True)

    def _ask(self, messages: Messages, *, repairing: bool) -> _Unusable | None:
        """Sends until an answer comes or patience ends; an answer to be repaired comes back, all else is settled."""
        caller, tries, garbled = self._caller, 0, 0
        while True:
            worst = caller.provider.worst_usd(messages)
            with caller.reserved(self._key, caller.asks.about(self._request), usd=worst):
                start = time.monotonic()
                try:
                    name = f"{self._key}|{self._answers}"
                    reply = caller.provider.send(messages, sample=caller.asks.sample(self._request), name=name)
                except SendError as error:
                    tries, garbled = tries + (not error.changed), garbled + error.answered
                    self._answers += not error.charged
                    delay = caller.delay(self._key, error, tries=tries, garbled=garbled)
                    self._refused(error, last=delay is None, seconds=time.monotonic() - start)
                else:
                    caller.answered.set()
                    self._answers += 1
                    return self._read(reply, repairing=repairing)
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

    def _read(self, reply: Reply, *, repairing: bool) -> _Unusable | None:
        """Books an answer; it comes back where it cannot be used and may still be repaired."""
        ledger = self._caller.ledger
        this = {
            "usd": reply.usd,
            "prompt_tokens": reply.prompt_tokens,
            "completion_tokens": reply.completion_tokens,
            "seconds": reply.seconds,
        }
        try:
            answer = self._caller.asks.read(self._request, reply.text)
        except Unusable as fault:
            error = f"unusable answer{f', {reply.note}' if reply.note else ''}: {fault}"
            if repairing:
                ledger.settle(self._key, self._record("failed", error=error, **this))
                return None
            ledger.fail(self._key, error, **this)
            return _Unusable(reply.text, str(fault))
        ledger.settle(self._key, self._record("done", answer=answer, **this))
        return None

    def _record(
        self,
        state: CallState,
        *,
        answer: object = None,
        error: str = "",
        usd: float = 0.0,
        prompt_tokens: int = 0,
        completion_tokens: int = 0,
        seconds: float = 0.0,
    ) -> C:
        """The last request of the call, as the ledger wants it."""
        asks = self._caller.asks
        told = {
            "id": self._key,
            "model": self._caller.provider.model,
            "problem_id": asks.about(self._request),
            "state": state,
            "cached": False,
            asks.field: answer,
            "error": error,
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "usd": usd,
            "seconds": seconds,
            "requests": 1,
        }
        return asks.kind.model_validate(told)


def _until(moment: float) -> Callable[[], float]:
    """The seconds that are left until a moment of the monotonic clock."""
    return lambda: moment - time.monotonic()
