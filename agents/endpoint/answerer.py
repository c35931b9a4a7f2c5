"""A model behind an OpenAI-compatible endpoint as a benchmark sees it.

The life of a request is that of a teacher's call: kept answer, reservation, request, retries, booking. A request that
fails after its retries is an error of its item, neither right nor wrong.
"""

import hashlib
import json
import threading
import time
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Protocol

from agents.endpoint.kept_answers import KeptAnswers
from agents.endpoint.requests import Asked, Endpoint, Said
from agents.endpoint.weights import NoWeights, loglikelihood
from agents.teachers.provider import Ledger, SendError
from agents.teachers.reserving import Interrupted, Reservations
from reasoner.errors import TeacherError
from reasoner.types.benchmark import Form, Item, Reply
from reasoner.types.text import cut_before

PROBE = ("The sky is", " blue")
"""Weighed once to see whether an endpoint can."""

REFUSED = frozenset({400, 404, 405, 422, 501})
"""Statuses of a server that does not know what it is asked for."""


class PaidLedger(Ledger, Protocol):
    """Books that also take answers which others keep; `memory.store.ledger.BenchmarkLedger` is one."""

    def pay(self, key: str, *, usd: float, prompt_tokens: int, completion_tokens: int, seconds: float) -> None:
        """Books a request whose answer is kept elsewhere."""
        ...


class EndpointAnswerer:
    """Writes texts, and weighs them where the endpoint can. Answers that are kept are not asked for again.

    Args:
        endpoint: sends single requests.
        reservations: the run's limits and patience.
        ledger: books what answers cost.
        kept: answers of this run.
        concurrency: requests in flight at once.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        reservations: Reservations,
        ledger: PaidLedger,
        kept: KeptAnswers,
        *,
        concurrency: int,
    ) -> None:
        self._endpoint, self._reservations, self._ledger, self._kept = endpoint, reservations, ledger, kept
        self._concurrency = concurrency
        self.name = endpoint.model.removeprefix("openai/")
        self.fingerprint = fingerprint_of(endpoint)

    def gives(self, form: Form) -> bool:
        """Whether it answers in this form; whether it weighs texts is tried with one request.

        Raises:
            TeacherError: it cannot be used at all.
            BudgetReached: a limit forbids the request.
        """
        if form != "loglikelihood":
            return form == "generate"
        if self._endpoint.api == "chat":
            return False
        said = self._ask(_weighing("".join(PROBE)), item="probe", may_refuse=True)
        if isinstance(said, str):
            raise TeacherError(f"whether {self.name!r} can weigh texts could not be seen: {said}")
        return said is not None and isinstance(_weigh(said, *PROBE), float)

    def generate(
        self, items: Sequence[Item], *, stops: Sequence[str], most_tokens: int, samples: int, temperature: float
    ) -> list[Reply]:
        """Texts after the prompts, each sample a request of its own.

        Raises:
            TeacherError: it cannot be used at all.
            BudgetReached: a limit forbids the next request; answers that came are kept.
        """
        asked = [
            (
                Asked(
                    prompt=item.prompt,
                    stops=tuple(stops),
                    most_tokens=most_tokens,
                    temperature=temperature,
                    sample=sample,
                ),
                item.id,
            )
            for item in items
            for sample in range(samples)
        ]
        said = iter(self._ask_all(asked))
        return [_written([next(said) for _ in range(samples)], stops) for _ in items]

    def loglikelihoods(self, items: Sequence[Item]) -> list[Reply]:
        """Of each option after the prompt, a request for each. Raises as `generate`."""
        asked = [(_weighing(item.prompt + option), item.id) for item in items for option in item.options]
        said = iter(self._ask_all(asked))
        return [_weighed(item, [next(said) for _ in item.options]) for item in items]

    def _ask_all(self, asked: Sequence[tuple[Asked, str]]) -> list[Said | str]:
        """The answers in order, or why there is none. The first limit, or fault of all, ends the rest."""
        found: dict[int, Said | str] = {}
        stopped = threading.Event()

        def ask(place: int) -> None:
            if not stopped.is_set():
                said = self._ask(asked[place][0], item=asked[place][1])
                assert said is not None, "only the probe may be refused"
                found[place] = said

        with ThreadPoolExecutor(self._concurrency, thread_name_prefix="endpoint") as pool:
            futures = [pool.submit(ask, place) for place in range(len(asked))]
            try:
                for future in as_completed(futures):
                    future.result()
            except BaseException as error:
                stopped.set()
                # Requests in flight may be paid for: after a limit their answers are waited for and kept.
                if not isinstance(error, Exception):
                    self._reservations.interrupt()
                raise
        return [found[place] for place in range(len(asked))]

    def _ask(self, asked: Asked, *, item: str, may_refuse: bool = False) -> Said | str | None:
        """One answer, or the error that the request ended with; None of a probe that is refused."""
        key = self._key(asked)
        if key in self._kept:
            return self._kept[key]
        # The library warns about its own insides; where warnings are errors, paid answers would be lost.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return self._send(key, asked, item=item, may_refuse=may_refuse)
            except Interrupted:
                return "the run was ended"

    def _send(self, key: str, asked: Asked, *, item: str, may_refuse: bool) -> Said | str | None:
        tries = garbled = answers = 0
        worst = self._endpoint.worst_usd(asked)
        while True:
            with self._reservations.reserved(key, item, usd=worst):
                start = time.monotonic()
                try:
                    said = self._endpoint.send(asked, name=f"{key}|{answers}")
                except SendError as error:
                    tries, garbled = tries + (not error.changed), garbled + error.answered
                    answers += not error.charged
                    self._book_failure(key, error, seconds=time.monotonic() - start)
                    if may_refuse and error.status in REFUSED and not error.changed:
                        self._kept.keep(key, None)
                        return None
                    delay = self._reservations.delay(key, error, tries=tries, garbled=garbled)
                    if delay is None:
                        return self._given_up(error)
                else:
                    self._kept.keep(key, said)
                    self._book(key, said)
                    return said
            over = time.monotonic() + delay
            self._reservations.wait(lambda over=over: over - time.monotonic())

    def _book(self, key: str, said: Said) -> None:
        self._reservations.answered.set()
        self._ledger.pay(
            key,
            usd=said.usd,
            prompt_tokens=said.prompt_tokens,
            completion_tokens=said.completion_tokens,
            seconds=said.seconds,
        )

    def _book_failure(self, key: str, error: SendError, *, seconds: float) -> None:
        self._ledger.fail(key, str(error), usd=None if error.charged else 0.0, seconds=seconds)

    def _given_up(self, error: SendError) -> str:
        """The error of one item, or of all where nothing was ever answered.

        Raises:
            TeacherError: the endpoint cannot be used.
        """
        if error.useless and not self._reservations.answered.is_set():
            other = "chat" if self._endpoint.api == "completions" else "completions"
            hint = f"; an endpoint without {self._endpoint.api} is asked with --api {other}"
            raise TeacherError(f"{error}{hint if error.status == 404 else ''}") from error
        return str(error)

    def _key(self, asked: Asked) -> str:
        identity = [self._endpoint.identity(), asked.model_dump(mode="json")]
        return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]


def fingerprint_of(endpoint: Endpoint) -> str:
    """16 hex digits of model string, address and way in: of the weights behind them nobody here knows."""
    return hashlib.sha256(json.dumps(endpoint.identity()).encode()).hexdigest()[:16]


def most_usd(endpoint: Endpoint, items: Sequence[Item], form: Form, *, most_tokens: int, samples: int) -> float:
    """Upper bound of the dollars that some items cost, without retries."""
    if form == "loglikelihood":
        asked = [_weighing(item.prompt + option) for item in items for option in item.options]
    else:
        asked = [Asked(prompt=item.prompt, most_tokens=most_tokens) for item in items for _ in range(samples)]
    return sum(map(endpoint.worst_usd, asked))


def _weighing(prompt: str) -> Asked:
    """Servers want to write one token at least; it is not looked at."""
    return Asked(prompt=prompt, most_tokens=1, weighs=True)


def _written(said: Sequence[Said | str], stops: Sequence[str]) -> Reply:
    if error := next((one for one in said if isinstance(one, str)), ""):
        return Reply(error=error)
    return Reply(texts=tuple(cut_before(one.text, stops) for one in said if isinstance(one, Said)))


def _weighed(item: Item, said: Sequence[Said | str]) -> Reply:
    weights = [
        one if isinstance(one, str) else _weigh(one, item.prompt, option)
        for option, one in zip(item.options, said, strict=True)
    ]
    if error := next((one for one in weights if isinstance(one, str)), ""):
        return Reply(error=error)
    return Reply(loglikelihoods=tuple(one for one in weights if isinstance(one, float)))


def _weigh(said: Said, context: str, continuation: str) -> float | str:
    try:
        return loglikelihood(said, context=context, continuation=continuation)
    except NoWeights as error:
        return f"the endpoint does not weigh its prompt: {error}"
