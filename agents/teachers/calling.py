"""The life of a teacher call: cache, reservation, request, retries, one repair, settlement.

Each request is reserved in the ledger at its worst price before it goes out, so no limit is passed however many are in
flight. A call that fails after its retries is data.
"""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from agents.teachers import prompt
from agents.teachers.patience import Patience
from agents.teachers.prompt import LessonError, Messages, build_messages, parse_lesson, repair_messages
from agents.teachers.provider import Ledger, Provider, Reply, SendError
from reasoner.config.settings import LimitSettings
from reasoner.errors import BudgetReached, TeacherError
from reasoner.types.teaching import CallState, Lesson, TeacherCall, TeacherRequest


class Interrupted(Exception):
    """The whole is being ended; this call stops where it stands."""


class Caller:
    """Asks for single lessons. Safe between threads.

    Args:
        provider: sends the requests.
        ledger: books them.
        limits: the run's hard limits.
        patience: for retries.
        cache: whether answers that other runs paid are used. What this run paid is never asked again.
    """

    def __init__(self, provider: Provider, ledger: Ledger, *, limits: LimitSettings, patience: Patience, cache: bool):
        self.provider = provider
        self.ledger = ledger
        self.limits = limits
        self.patience = patience
        self.interrupted = threading.Event()
        self.answered = threading.Event()
        """Set once any request was answered: then the teacher can be used, and a later refusal is data."""
        self._cache = cache
        self._open = 0
        self._room = threading.Condition()

    def key(self, request: TeacherRequest) -> str:
        """16 hex digits (SHA-256, cut) of prompt, model, parameters and sample."""
        identity = [prompt.VERSION, self.provider.identity(), build_messages(request), request.sample]
        return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]

    def call(self, request: TeacherRequest) -> TeacherCall:
        """One lesson, from the cache or from the teacher.

        Raises:
            BudgetReached: a limit forbids the next request of this call.
            TeacherError: the teacher cannot be used, and never could in this session.
            Interrupted: `interrupt` was called while it waited.
        """
        key = self.key(request)
        known = self.ledger.cached(key, own=not self._cache)
        if known is not None:
            return known.model_copy(update={"problem_id": request.problem.id})
        return _Call(self, key, request).run()

    def interrupt(self) -> None:
        """Ends all waiting."""
        self.interrupted.set()
        with self._room:
            self._room.notify_all()

    @contextmanager
    def reserved(self, key: str, problem_id: str, *, usd: float) -> Iterator[None]:
        """Books a request at its worst price; the body sends it and books how it ended.

        Where there is no room it waits for requests in flight, which mostly cost less than was reserved for them.

        Raises:
            BudgetReached: there is no room, and nothing in flight that could leave any.
        """
        with self._room:
            while True:
                try:
                    self.ledger.reserve(
                        key, model=self.provider.model, problem_id=problem_id, usd=usd, limits=self.limits
                    )
                    break
                except BudgetReached:
                    if not self._open:
                        raise
                self._room.wait()
                if self.interrupted.is_set():
                    raise Interrupted
            self._open += 1
        try:
            yield
        finally:
            with self._room:
                self._open -= 1
                self._room.notify_all()


@dataclass(frozen=True)
class _Unusable:
    """An answer that is no lesson."""

    text: str
    error: str


class _Call:
    """One call on its way, with what its requests have taken so far."""

    def __init__(self, caller: Caller, key: str, request: TeacherRequest):
        self._caller = caller
        self._key = key
        self._request = request
        self._requests = 0
        self._prompt_tokens = 0
        self._completion_tokens = 0
        self._usd = 0.0
        self._seconds = 0.0
        self._error = ""
        self._charged_in_vain = False

    def run(self) -> TeacherCall:
        """Asks, and asks once more for a repair of an answer that cannot be used."""
        messages = build_messages(self._request)
        for _ in ("answer", "repair"):
            lesson = self._lesson(messages)
            if lesson is None:
                return self._record("lost" if self._charged_in_vain else "failed")
            if isinstance(lesson, Lesson):
                return self._record("done", lesson)
            messages = repair_messages(messages, lesson.text, error=lesson.error)
        return self._record("failed")

    def _lesson(self, messages: Messages) -> "Lesson | _Unusable | None":
        """Sends until an answer comes, usable or not, or patience ends; None then."""
        caller, tries = self._caller, 0
        while True:
            worst = caller.provider.worst_usd(messages)
            with caller.reserved(self._key, self._request.problem.id, usd=worst):
                outcome = self._send(messages, worst)
            if not isinstance(outcome, SendError):
                return outcome
            tries += 1
            delay = caller.patience.delay(self._key, tries=tries, retry_after=outcome.retry_after)
            if delay is None or not outcome.retry:
                if outcome.useless and not caller.answered.is_set():
                    raise TeacherError(str(outcome)) from outcome
                return None
            if caller.interrupted.wait(delay):
                raise Interrupted

    def _send(self, messages: Messages, worst_usd: float) -> "Lesson | _Unusable | SendError":
        """One request, and how it ended, booked."""
        caller, start = self._caller, time.monotonic()
        self._requests += 1
        try:
            reply = caller.provider.send(messages, sample=self._request.sample)
        except SendError as error:
            elapsed = time.monotonic() - start
            caller.ledger.fail(self._key, str(error), usd=None if error.charged else 0.0, seconds=elapsed)
            self._error, self._charged_in_vain = str(error), error.charged
            self._usd += worst_usd if error.charged else 0.0
            self._seconds += elapsed
            return error
        caller.answered.set()
        self._usd += reply.usd
        self._prompt_tokens += reply.prompt_tokens
        self._completion_tokens += reply.completion_tokens
        self._seconds += reply.seconds
        self._charged_in_vain = False
        return self._judge(reply)

    def _judge(self, reply: Reply) -> "Lesson | _Unusable":
        """Reads an answer, and books this one request by itself."""
        this = {
            "usd": reply.usd,
            "prompt_tokens": reply.prompt_tokens,
            "completion_tokens": reply.completion_tokens,
            "seconds": reply.seconds,
        }
        try:
            lesson = parse_lesson(reply.text)
        except LessonError as error:
            self._error = f"unusable answer: {error}"
            self._caller.ledger.fail(self._key, self._error, **this)
            return _Unusable(reply.text, str(error))
        self._error = ""
        self._caller.ledger.settle(self._key, self._record("done", lesson).model_copy(update={**this, "requests": 1}))
        return lesson

    def _record(self, state: CallState, lesson: Lesson | None = None) -> TeacherCall:
        return TeacherCall(
            id=self._key,
            model=self._caller.provider.model,
            problem_id=self._request.problem.id,
            state=state,
            cached=False,
            lesson=lesson,
            error=self._error,
            prompt_tokens=self._prompt_tokens,
            completion_tokens=self._completion_tokens,
            usd=self._usd,
            seconds=self._seconds,
            requests=self._requests,
        )
