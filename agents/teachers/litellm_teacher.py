"""The door to every teacher that litellm knows, the built-in expert among them.

`builtin/expert` is a litellm custom provider and goes the same way as a paid model. litellm is imported with the first
call (it takes seconds), with its price list from the package, its own retries, telemetry and prints off.
"""

import atexit
import logging
import os
import time
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from agents.teachers import expert
from agents.teachers.calling import Caller
from agents.teachers.crowd import OnProgress, ask_all
from agents.teachers.patience import Patience
from agents.teachers.pricing import BUILTIN, is_builtin, price_of
from agents.teachers.prompt import Messages
from agents.teachers.provider import Ledger, Price, Reply, SendError
from agents.teachers.refusal import send_error
from reasoner.config.secrets import redactor_of
from reasoner.config.settings import LimitSettings, TeacherSettings
from reasoner.errors import TeacherError
from reasoner.types.teaching import Lesson, TeacherCall, TeacherRequest

_BYTES_AROUND = 2048
"""Added to the bytes of the messages: what a provider's chat template and the answer's schema may take."""


class LiteLLMTeacher:
    """A teacher behind any litellm model string.

    Args:
        settings: who teaches, and how it is called.
        limits: the run's hard limits.
        ledger: the run's books.
        seed: of the built-in expert and of the jitter between retries.
        on_progress: told `done, total` after every finished call.
        first_delay: seconds before the first retry.
        out_of_time: whether the run's minutes are used up; then no request goes out any more.
    """

    def __init__(
        self,
        settings: TeacherSettings,
        limits: LimitSettings,
        ledger: Ledger,
        *,
        seed: int,
        on_progress: OnProgress | None = None,
        first_delay: float = 0.5,
        out_of_time: Callable[[], bool] | None = None,
    ):
        self._settings = settings
        self._limits = limits
        self._ledger = ledger
        self._seed = seed
        self._on_progress = on_progress
        self._out_of_time = out_of_time
        self._patience = Patience(retries=settings.retries, first_delay=first_delay, seed=seed)

    def teach(self, requests: Sequence[TeacherRequest]) -> list[TeacherCall]:
        """Answers in the order of the requests; equal requests are asked once.

        Raises:
            BudgetReached: (as `crowd.TeachingStopped`) a limit forbids the rest; finished calls are in it and kept.
            TeacherError: no price, no key, no such model, nobody there.
        """
        if not requests:
            return []
        # The library warns about its own insides; where warnings are errors, paid answers would be lost.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            provider = LiteLLMProvider(self._settings, seed=self._seed)
            caller = Caller(
                provider,
                self._ledger,
                limits=self._limits,
                patience=self._patience,
                cache=self._settings.cache,
                out_of_time=self._out_of_time,
            )
            return ask_all(caller, requests, concurrency=self._settings.concurrency, on_progress=self._on_progress)


class LiteLLMProvider:
    """Sends single requests through litellm.

    Raises:
        TeacherError: the model string, the key or the price is missing or unknown.
    """

    def __init__(self, settings: TeacherSettings, *, seed: int):
        self._settings = settings
        self._seed = seed
        self._price = price(settings)
        self._options = _options(settings)
        self._redactor = redactor_of(settings, os.environ)

    @property
    def model(self) -> str:
        """The model string."""
        return self._settings.model

    def identity(self) -> list[object]:
        """Everything beside messages and sample that an answer depends on."""
        s = self._settings
        own: list[object] = [expert.VERSION, self._seed, s.error_rate] if is_builtin(s) else []
        return [s.model, s.api_base, s.temperature, s.max_tokens, *own]

    def worst_usd(self, messages: Messages) -> float:
        """A token is at least one byte of UTF-8, so bytes bound the tokens of every tokenizer."""
        tokens = sum(len(m["content"].encode()) for m in messages) + _BYTES_AROUND
        return self._price.usd(tokens, self._settings.max_tokens)

    def send(self, messages: Messages, *, sample: int) -> Reply:
        """Sends one request, once.

        Raises:
            SendError: no answer came.
        """
        litellm, start = _litellm(), time.monotonic()
        options = dict(self._options)
        if is_builtin(self._settings):
            options |= {
                "expert_seed": self._seed,
                "expert_sample": sample,
                "expert_error_rate": self._settings.error_rate,
            }
        try:
            response = litellm.completion(messages=messages, **options)
            text = response.choices[0].message.content or ""
        except Exception as error:  # whatever goes wrong inside a provider's library, the reservation must be closed
            raise self._refusal(error) from error
        usage = getattr(response, "usage", None)
        prompt_tokens, completion_tokens = (
            int(getattr(usage, name, 0) or 0) for name in ("prompt_tokens", "completion_tokens")
        )
        return Reply(
            text=text,
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            # A server that counts nothing is paid the most that it may have earned.
            usd=self._price.usd(prompt_tokens, completion_tokens) if completion_tokens else self.worst_usd(messages),
            seconds=time.monotonic() - start,
        )

    def _refusal(self, error: Exception) -> SendError:
        """Some servers know no `response_format`: then the prompt alone asks for JSON, from the next try on."""
        refusal = send_error(error, model=self.model, api_base=self._settings.api_base, clean=self._redactor.clean)
        if "response_format" in str(error) and "response_format" in self._options:
            self._options = {name: value for name, value in self._options.items() if name != "response_format"}
            refusal.retry = True
        return refusal


def preflight(settings: TeacherSettings) -> None:
    """Says before anything is done whether this teacher could be asked at all. Sends nothing.

    Raises:
        TeacherError: the price is unknown, the key is missing, or the model string means nothing.
    """
    if settings.model == "none":
        return
    _require_known_expert(settings)
    price(settings)
    if not is_builtin(settings):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _options(settings)


def price(settings: TeacherSettings) -> Price:
    """The teacher's price; see `pricing.price_of`. Imports litellm only where its list is needed.

    Raises:
        TeacherError: nobody knows the price.
    """
    return price_of(settings, listed_price)


def listed_price(model: str) -> Price | None:
    """litellm's own price; None for a model it does not know or lists without one."""
    litellm = _litellm()
    try:
        listed = litellm.model_cost[litellm.get_model_info(model)["key"]]
    except Exception as error:  # litellm raises bare exceptions for models that are not in its list
        logging.getLogger(__name__).debug("no price for %s: %s", model, error)
        return None
    per_token = [listed.get(name) for name in ("input_cost_per_token", "output_cost_per_token")]
    if None in per_token:
        return None
    return Price(input=per_token[0] * 1e6, output=per_token[1] * 1e6)


def _options(settings: TeacherSettings) -> dict[str, Any]:
    """What every request of a teacher has in common."""
    _require_known_expert(settings)
    litellm = _litellm()
    try:
        litellm.get_llm_provider(settings.model, api_base=settings.api_base)
    except litellm.exceptions.BadRequestError as error:
        raise TeacherError(
            f"teacher.model={settings.model!r} names no provider; expected PROVIDER/MODEL such as 'builtin/expert', "
            "'openai/gpt-4o-mini', or 'openai/NAME' with teacher.api_base for a server of your own"
        ) from error
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
    if litellm.supports_response_schema(model=settings.model):
        options["response_format"] = Lesson
    elif "response_format" in (litellm.get_supported_openai_params(settings.model) or ()):
        options["response_format"] = {"type": "json_object"}
    return options


def _require_known_expert(settings: TeacherSettings) -> None:
    if is_builtin(settings) and settings.model != f"{BUILTIN}/expert":
        raise TeacherError(f"teacher.model={settings.model!r} does not exist; expected {BUILTIN}/expert")


def _key_for(settings: TeacherSettings) -> str | None:
    """None where the environment has the key, a word of our own for a server of one's own that asks for none.

    Raises:
        TeacherError: the provider's key is missing.
    """
    missing = [] if is_builtin(settings) else _litellm().validate_environment(settings.model)["missing_keys"]
    if not missing:
        return None
    if settings.api_base is not None:
        return "none"
    raise TeacherError(f"teacher.model={settings.model!r} needs a key; set {' and '.join(missing)}, or teacher.api_key")


@cache
def _litellm() -> Any:
    """The library, imported quietly and with the built-in expert in its list of providers."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import httpx
        import litellm as library
        from litellm.llms.custom_httpx.http_handler import get_ssl_configuration

    litellm: Any = library  # it fills its module at run time; a type checker sees half of it
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    # Threads that start together would each make a client of their own and leave all but one open.
    litellm.client_session = httpx.Client(verify=get_ssl_configuration(), follow_redirects=True)
    atexit.register(litellm.client_session.close)
    logging.getLogger("LiteLLM").setLevel(logging.CRITICAL)

    class BuiltinExpert(litellm.CustomLLM):
        """The expert behind litellm's interface for custom providers."""

        def completion(self, *args: Any, **kwargs: Any) -> Any:
            """Writes a lesson; its tokens are counted as words, since it has no tokenizer."""
            return _expert_response(litellm, *args, **kwargs)

        async def acompletion(self, *args: Any, **kwargs: Any) -> Any:
            """The same; there is nothing to wait for."""
            return _expert_response(litellm, *args, **kwargs)

    if not any(entry["provider"] == BUILTIN for entry in litellm.custom_provider_map):
        litellm.custom_provider_map.append({"provider": BUILTIN, "custom_handler": BuiltinExpert()})
    return litellm


def _expert_response(litellm: Any, *, messages: Messages, model_response: Any, **kwargs: Any) -> Any:
    options = kwargs["optional_params"]
    text = expert.write_lesson(
        messages,
        seed=options["expert_seed"],
        sample=options["expert_sample"],
        error_rate=options["expert_error_rate"],
    )
    read, written = sum(len(m["content"].split()) for m in messages), len(text.split())
    model_response.choices[0].message.content = text
    model_response.choices[0].finish_reason = "stop"
    model_response.usage = litellm.Usage(prompt_tokens=read, completion_tokens=written, total_tokens=read + written)
    return model_response
