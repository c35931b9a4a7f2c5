"""Sends single requests through litellm, `builtin/expert` among them, and says what they cost."""

import logging
import os
import time
from collections.abc import Callable
from typing import Any, Literal

from agents.teachers.addresses import Target, target_of
from agents.teachers.exchange import Exchange, exchanging
from agents.teachers.expert import expert_of
from agents.teachers.library import litellm, transport
from agents.teachers.parameters import parameters_of
from agents.teachers.pricing import BUILTIN, is_builtin, price_of
from agents.teachers.prompt import Messages
from agents.teachers.provider import Price, Reply, SendError
from agents.teachers.refusal import send_error
from reasoner.config.secrets import redactor_of
from reasoner.config.settings import DEFAULT_TASK, TeacherSettings
from reasoner.errors import TeacherError
from reasoner.types.record import Record
from reasoner.types.teaching import Lesson
from reasoner.types.text import storable

JsonMode = Literal["schema", "object", "prompt"]
"""How JSON is asked for: by its schema, as any object, or by the prompt alone."""

_BYTES_AROUND = 2048
"""Added to the bytes of the messages: what a provider's chat template and the answer's schema may take."""

_BYTES_OF_ANSWER = 1024 * 1024
_BYTES_OF_TOKEN = 64
"""An answer may be so large, and so much more for each token that it may have: far more than any tokenizer writes."""


class LiteLLMProvider:
    """Sends single requests through litellm.

    Args:
        settings: who teaches, and how it is called.
        seed: of the built-in expert.
        task: whose expert that is.
        say: told what was dropped from the requests because the server refuses it.
        answer: the form that is asked for.

    Raises:
        TeacherError: the model string, the key, the price, a proxy or the certificates are missing or unusable.
    """

    def __init__(
        self,
        settings: TeacherSettings,
        *,
        seed: int,
        task: str = DEFAULT_TASK,
        say: Callable[[str], None] = lambda _: None,
        answer: type[Record] = Lesson,
    ):
        self._settings = settings
        self._seed = seed
        self._task = task
        self._say = say
        self._price = price(settings)
        self._options = options_of(settings, answer)
        self._parameters = parameters_of(settings.model, settings.api_base)
        self._redactor = redactor_of(settings, os.environ)

    @property
    def model(self) -> str:
        """The model string."""
        return self._settings.model

    @property
    def price(self) -> Price:
        """What its tokens cost."""
        return self._price

    @property
    def json_mode(self) -> JsonMode:
        """How JSON is asked for, as far as is known: `schema`, `object` or `prompt`."""
        asked = self._parameters.applied(self._options).get("response_format")
        return "prompt" if asked is None else "object" if isinstance(asked, dict) else "schema"

    @property
    def refused(self) -> tuple[str, ...]:
        """What the server refuses, in words."""
        return self._parameters.said

    def identity(self) -> list[object]:
        """Everything beside messages and sample that an answer depends on."""
        s = self._settings
        own: list[object] = [expert_of(self._task).expert_version, self._seed, s.error_rate] if is_builtin(s) else []
        return [s.model, s.api_base, s.temperature, s.max_tokens, *own]

    def worst_usd(self, messages: Messages) -> float:
        """A token is at least one byte of UTF-8, so bytes bound the tokens of every tokenizer."""
        return self._price.usd(_most_tokens(messages), self._settings.max_tokens)

    def send(self, messages: Messages, *, sample: int, name: str) -> Reply:
        """Sends one request, once.

        Raises:
            SendError: no answer came.
        """
        library, start = litellm(), time.monotonic()
        version = self._parameters.version
        options = self._parameters.applied(self._options)
        if is_builtin(self._settings):
            options |= {
                "expert_task": self._task,
                "expert_seed": self._seed,
                "expert_sample": sample,
                "expert_error_rate": self._settings.error_rate,
            }
        largest = _BYTES_OF_ANSWER + _BYTES_OF_TOKEN * self._settings.max_tokens
        with exchanging(Exchange(self._settings.timeout, largest, name)) as exchange:
            try:
                response = library.completion(messages=messages, **options)
                text = storable(response.choices[0].message.content or "")
            except (
                Exception
            ) as error:  # whatever goes wrong inside a provider's library, the reservation must be closed
                raise self._refusal(error, version) from error
        read, written = counts(getattr(response, "usage", None))
        return Reply(
            text=text,
            prompt_tokens=read,
            completion_tokens=written,
            usd=self._charge(messages, read, written),
            seconds=time.monotonic() - start,
            note=exchange.note,
        )

    def _charge(self, messages: Messages, read: int, written: int) -> float:
        """A server that counts nothing, or more than it can have served, is paid the most that it may have earned."""
        worst = self.worst_usd(messages)
        if read > _most_tokens(messages) or written > self._settings.max_tokens or not (read and written):
            return worst
        return min(worst, self._price.usd(read, written))

    def _refusal(self, error: Exception, version: int) -> SendError:
        """A refusal of a parameter makes the next try another request."""
        refusal = send_error(error, model=self.model, api_base=self._settings.api_base, clean=self._redactor.clean)
        known = self._parameters.version
        if self._parameters.learn(refusal.status, str(error), options=self._options, version=version):
            refusal.retry = refusal.changed = True
            for said in self._parameters.said[known:]:
                self._say(said)
        return refusal


def price(settings: TeacherSettings, *, setting: str = "teacher.model") -> Price:
    """The teacher's price; see `pricing.price_of`. Imports litellm only where its list is needed.

    Args:
        settings: who is called.
        setting: what the user calls the model.

    Raises:
        TeacherError: nobody knows the price.
    """
    return price_of(settings, listed_price, setting=setting)


def listed_price(model: str) -> Price | None:
    """litellm's own price; None for a model it does not know or lists without one."""
    library = litellm()
    try:
        listed = library.model_cost[library.get_model_info(model)["key"]]
    except Exception as error:  # litellm raises bare exceptions for models that are not in its list
        logging.getLogger(__name__).debug("no price for %s: %s", model, error)
        return None
    read, written = (listed.get(name) for name in ("input_cost_per_token", "output_cost_per_token"))
    if read is None or written is None:
        return None
    thought = listed.get("output_cost_per_reasoning_token") or 0.0
    return Price(input=read * 1e6, output=max(written, thought) * 1e6)


def require_known_expert(settings: TeacherSettings) -> None:
    """Raises TeacherError for a built-in model that does not exist."""
    if is_builtin(settings) and settings.model != f"{BUILTIN}/expert":
        raise TeacherError(f"teacher.model={settings.model!r} does not exist; expected {BUILTIN}/expert")


def options_of(settings: TeacherSettings, answer: type[Record] = Lesson) -> dict[str, Any]:
    """What all requests for one form of answer have in common.

    Raises:
        TeacherError: the model string, the key, the address, a proxy or the certificates are missing or unusable.
    """
    require_known_expert(settings)
    library = litellm()
    try:
        library.get_llm_provider(settings.model, api_base=settings.api_base)
    except library.exceptions.BadRequestError as error:
        raise TeacherError(
            f"teacher.model={settings.model!r} names no provider; expected PROVIDER/MODEL such as 'builtin/expert', "
            "'openai/gpt-4o-mini', or 'openai/NAME' with teacher.api_base for a server of your own"
        ) from error
    if not is_builtin(settings):
        # Where no address is given it is a provider's own, which is https and not on this machine.
        transport().way_to(target_of(settings.api_base) if settings.api_base else Target("https", "provider", 443))
    options: dict[str, Any] = {
        "model": settings.model,
        "temperature": settings.temperature,
        "max_tokens": settings.max_tokens,
        "timeout": settings.timeout,
        "num_retries": 0,
        "max_retries": 0,
        "drop_params": True,
        "api_base": settings.api_base,
        "api_key": settings.api_key or _key_for(settings),
    }
    if library.supports_response_schema(model=settings.model):
        options["response_format"] = answer
    elif "response_format" in (library.get_supported_openai_params(settings.model) or ()):
        options["response_format"] = {"type": "json_object"}
    return options


def _key_for(settings: TeacherSettings) -> str | None:
    """None where the environment has the key, a word of our own for a server of one's own that asks for none.

    Raises:
        TeacherError: the provider's key is missing.
    """
    missing = [] if is_builtin(settings) else litellm().validate_environment(settings.model)["missing_keys"]
    if not missing:
        return None
    if settings.api_base is not None:
        return "none"
    raise TeacherError(f"teacher.model={settings.model!r} needs a key; set {' and '.join(missing)}, or teacher.api_key")


def _most_tokens(messages: Messages) -> int:
    return sum(len(m["content"].encode()) for m in messages) + _BYTES_AROUND


def counts(usage: object) -> tuple[int, int]:
    """Tokens read and written; 0 for a count that cannot be true."""
    counts = (getattr(usage, name, 0) for name in ("prompt_tokens", "completion_tokens"))
    read, written = (n if type(n) is int and 0 <= n < 2**31 else 0 for n in counts)
    return read, written
