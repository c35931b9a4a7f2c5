"""Sends single requests to an OpenAI-compatible endpoint through litellm, and says what they cost.

Two ways in: `completions` continues a prompt to the letter, and can weigh texts; `chat` shows it as a user's message.
Everything on the wire goes through the transport that teachers use: one time limit, bounded answers, no redirect.
"""

import os
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

from agents.teachers.addresses import target_of
from agents.teachers.exchange import Exchange, exchanging
from agents.teachers.library import litellm, transport
from agents.teachers.litellm_provider import counts, price
from agents.teachers.parameters import parameters_of
from agents.teachers.provider import SendError
from agents.teachers.refusal import Names, send_error
from reasoner.config.secrets import redactor_of
from reasoner.config.settings import TeacherSettings
from reasoner.types.record import Record
from reasoner.types.text import storable

Api = Literal["completions", "chat"]

NAMES = Names(model="--model", api_base="--endpoint", api_key="OPENAI_API_KEY")

STOPS = 4
"""Stops that such servers take; the rest is cut off here."""

_BYTES_AROUND = 2048
"""Added to the bytes of a prompt: what a chat template may take."""
_BYTES_OF_ANSWER = 1 << 20
_BYTES_OF_TOKEN = 256
"""An answer may be so large, and so much more for each token: its text, its weight, its place and its rivals."""


class Asked(Record):
    """One request, without the model."""

    prompt: str
    stops: tuple[str, ...] = ()
    most_tokens: int
    temperature: float = 0.0
    sample: int = 0
    weighs: bool = False
    """The prompt itself is sent back, with the logarithms of its tokens' chances."""


class Said(Record):
    """One answer."""

    text: str
    tokens: tuple[str, ...] = ()
    logprobs: tuple[float | None, ...] = ()
    """Of each token; none of the first."""
    offsets: tuple[int, ...] = ()
    """Where each token begins in `text`, in characters; empty where the server does not say."""
    prompt_tokens: int
    completion_tokens: int
    usd: float
    seconds: float


class Endpoint:
    """Sends single requests.

    Args:
        settings: `model` is `openai/NAME` and `api_base` the address; how it is called, and what it costs.
        api: which way in.
        say: told what was dropped from the requests because the server refuses it.

    Raises:
        TeacherError: the address, the price, a proxy or the certificates are missing or unusable.
    """

    def __init__(self, settings: TeacherSettings, api: Api, *, say: Callable[[str], None] = lambda _: None) -> None:
        assert settings.api_base is not None, "an endpoint without an address"
        self._settings, self.api, self._say = settings, api, say
        transport().way_to(target_of(settings.api_base, setting=NAMES.api_base))
        self._price = price(settings, setting=NAMES.model)
        self._parameters = parameters_of(f"{api}:{settings.model}", settings.api_base)
        self._redactor = redactor_of(settings, os.environ)

    @property
    def model(self) -> str:
        """The model string, `openai/NAME`."""
        return self._settings.model

    def identity(self) -> list[object]:
        """Everything beside the request that an answer depends on."""
        return [self._settings.model, self._settings.api_base, self.api]

    def worst_usd(self, asked: Asked) -> float:
        """Upper bound of a request's dollars: a token is at least one byte, so bytes bound the tokens."""
        return self._price.usd(_most_read(asked), asked.most_tokens)

    def send(self, asked: Asked, *, name: str) -> Said:
        """Sends one request, once.

        Args:
            asked: what is asked.
            name: of the request; sent again under the same name where nobody knows what became of it.

        Raises:
            SendError: no answer came.
        """
        start, version = time.monotonic(), self._parameters.version
        options = self._options(asked)
        largest = _BYTES_OF_ANSWER + _BYTES_OF_TOKEN * (asked.most_tokens + len(asked.prompt.encode()))
        exchange = Exchange(self._settings.timeout, largest, name, continues=self.api == "completions")
        with exchanging(exchange):
            try:
                response = self._call(asked, self._parameters.applied(options))
                return self._said(asked, response, seconds=time.monotonic() - start)
            except (
                Exception
            ) as error:  # whatever goes wrong inside a provider's library, the reservation must be closed
                raise self._refusal(error, options, version) from error

    def _call(self, asked: Asked, options: dict[str, Any]) -> Any:
        library, name = litellm(), self._settings.model.removeprefix("openai/")
        if self.api == "chat":
            messages = [{"role": "user", "content": asked.prompt}]
            return library.completion(model=f"openai/{name}", messages=messages, **options)
        weighing = {"echo": True, "logprobs": 1} if asked.weighs else {}
        return library.text_completion(
            model=f"text-completion-openai/{name}", prompt=asked.prompt, **weighing, **options
        )

    def _options(self, asked: Asked) -> dict[str, Any]:
        stops = {"stop": list(asked.stops[:STOPS])} if asked.stops else {}
        # Another sample is another draw, where the server takes seeds.
        seed = {"seed": asked.sample} if asked.temperature > 0 else {}
        return {
            "max_tokens": asked.most_tokens,
            "temperature": asked.temperature,
            **stops,
            **seed,
            "timeout": self._settings.timeout,
            "num_retries": 0,
            "max_retries": 0,
            "drop_params": True,
            "api_base": self._settings.api_base,
            "api_key": self._settings.api_key or os.environ.get("OPENAI_API_KEY") or "none",
        }

    def _said(self, asked: Asked, response: Any, *, seconds: float) -> Said:
        choice = response.choices[0]
        read, written = counts(getattr(response, "usage", None))
        text = choice.message.content if self.api == "chat" else choice.text
        weights = getattr(choice, "logprobs", None) if asked.weighs else None
        return Said(
            text=storable(text or ""),
            tokens=tuple(_list(weights, "tokens")),
            logprobs=tuple(_list(weights, "token_logprobs")),
            offsets=tuple(_list(weights, "text_offset")),
            prompt_tokens=read,
            completion_tokens=written,
            usd=self._charge(asked, read, written),
            seconds=round(seconds, 3),
        )

    def _charge(self, asked: Asked, read: int, written: int) -> float:
        """A server that counts nothing, or more than it can have served, is paid the most that it may have earned."""
        worst = self.worst_usd(asked)
        if read > _most_read(asked) or written > asked.most_tokens or not (read and written):
            return worst
        return min(worst, self._price.usd(read, written))

    def _refusal(self, error: Exception, options: dict[str, Any], version: int) -> SendError:
        """A refusal of a parameter makes the next try another request."""
        clean, base = self._redactor.clean, self._settings.api_base
        refusal = send_error(error, model=self.model, api_base=base, clean=clean, names=NAMES)
        known = self._parameters.version
        if self._parameters.learn(refusal.status, str(error), options=options, version=version):
            refusal.retry = refusal.changed = True
            for said in self._parameters.said[known:]:
                self._say(said.replace("the teacher", "the endpoint"))
        return refusal


def _most_read(asked: Asked) -> int:
    return len(asked.prompt.encode()) + _BYTES_AROUND


def _list(weights: Any, name: str) -> Sequence[Any]:
    return getattr(weights, name, None) or ()
