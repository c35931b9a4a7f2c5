"""The life of a teacher call: cache, reservation, request, retries, one repair, settlement.

Each request is reserved in the ledger at its worst price before it goes out, so no limit is passed however many are in
flight. A call that fails after its retries is data.
"""

import hashlib
import json
import threading
import time

from agents.teachers import prompt
from agents.teachers.patience import Patience
from agents.teachers.prompt import LessonError, Messages, build_messages, parse_lesson, repair_messages
from agents.teachers.provider import Ledger, Provider, Reply, SendError
from reasoner.config.settings import LimitSettings
from reasoner.errors import TeacherError
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
        """Set it to end all waiting for retries."""
        self.answered = threading.Event()
        """Set once any request was answered: then the teacher can be used, and a later refusal is data."""
        self._cache = cache

    def key(self, request: TeacherRequest) -> str:
        """16 hex digits (SHA-256, cut) of prompt, model, parameters and sample."""
        identity = [prompt.VERSION, self.provider.identity(), build_messages(request), request.sample]
        return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]

    def call(self, request: TeacherRequest) -> TeacherCall:
        """One lesson, from the cache or from the teacher.

        Raises:
            BudgetReached: a limit forbids the next request of this call.
            TeacherError: the teacher cannot be used, and never could in this session.
            Interrupted: `interrupted` was set while it waited.
        """
        key = self.key(request)
        known = self.ledger.cached(key, own=not self._cache)
        if known is not None:
            return known.model_copy(update={"problem_id": request.problem.id})
        return _Call(self, key, request).run()


class _Call:
    """One call on its way, with what its requests have taken so far."""

    def __init__(self, caller: Caller, key: str, request: TeacherRequest):
        self._caller = caller
        self._key = key
        self._request = request
        self._tries = 0
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
            reply = self._answer(messages)
            if reply is None:
                return self._record("lost" if self._charged_in_vain else "failed")
            try:
                lesson = parse_lesson(reply.text)
            except LessonError as error:
                self._reject(reply, f"unusable answer: {error}")
                messages = repair_messages(messages, reply.text, error=str(error))
            else:
                return self._accept(reply, lesson)
        return self._record("failed")

    def _answer(self, messages: Messages) -> Reply | None:
        """Sends until an answer comes or patience ends; None then."""
        caller, tries = self._caller, 0
        while True:
            error = self._send(messages)
            if isinstance(error, Reply):
                return error
            tries += 1
            wait = caller.patience.delay(self._key, tries=tries, retry_after=error.retry_after) if error.retry else None
            if wait is None:
                if error.useless and not caller.answered.is_set():
                    raise TeacherError(str(error)) from error
                return None
            if caller.interrupted.wait(wait):
                raise Interrupted

    def _send(self, messages: Messages) -> Reply | SendError:
        """One request: reserved, sent, and booked where no answer came."""
        caller, start = self._caller, time.monotonic()
        worst = caller.provider.worst_usd(messages)
        caller.ledger.reserve(
            self._key, model=caller.provider.model, problem_id=self._request.problem.id, usd=worst, limits=caller.limits
        )
        self._tries += 1
        try:
            reply = caller.provider.send(messages, sample=self._request.sample)
        except SendError as error:
            elapsed = time.monotonic() - start
            caller.ledger.fail(self._key, str(error), usd=None if error.charged else 0.0, seconds=elapsed)
            self._error, self._charged_in_vain = str(error), error.charged
            self._usd += worst if error.charged else 0.0
            self._seconds += elapsed
            return error
        caller.answered.set()
        self._usd += reply.usd
        self._prompt_tokens += reply.prompt_tokens
        self._completion_tokens += reply.completion_tokens
        self._seconds += reply.seconds
        return reply

    def _reject(self, reply: Reply, error: str) -> None:
        self._error, self._charged_in_vain = error, False
        self._caller.ledger.fail(
            self._key,
            error,
            usd=reply.usd,
            prompt_tokens=reply.prompt_tokens,
            completion_tokens=reply.completion_tokens,
            seconds=reply.seconds,
        )

    def _accept(self, reply: Reply, lesson: Lesson) -> TeacherCall:
        """Books the last request by itself, and gives back the call as a whole."""
        self._error = ""
        whole = self._record("done", lesson)
        last = {
            "usd": reply.usd,
            "prompt_tokens": reply.prompt_tokens,
            "completion_tokens": reply.completion_tokens,
            "seconds": reply.seconds,
            "requests": 1,
        }
        self._caller.ledger.settle(self._key, whole.model_copy(update=last))
        return whole

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
            requests=self._tries,
        )
