"""The one door to litellm: imported with the first call (it takes seconds), quiet, and bound to our transport.

Its price list comes from the package. Its own retries, telemetry, prints and `.env` are off, and every request that it
sends goes through `wire.LimitedTransport`: no library of a provider follows a redirect or waits for ever.
"""

import atexit
import logging
import os
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.teachers import expert
from agents.teachers.pricing import BUILTIN
from agents.teachers.prompt import Messages
from reasoner.errors import TeacherError

if TYPE_CHECKING:
    from agents.teachers.wire import LimitedTransport

_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSL_CERTIFICATE")


@cache
def litellm() -> Any:
    """The library, with the built-in expert in its list of providers."""
    with warnings.catch_warnings(), _without_network_variables():
        warnings.simplefilter("ignore")
        import httpx
        import litellm as library

    found: Any = library  # it fills its module at run time; a type checker sees half of it
    found.telemetry = False
    found.suppress_debug_info = True
    for name in ("LiteLLM", "openai", "httpx"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # Threads that start together would each make a client of their own and leave all but one open.
    found.client_session = httpx.Client(transport=transport(), follow_redirects=False, trust_env=False)
    # What its other clients are made with; they read no proxies then.
    found.sync_transport = transport()
    found.in_memory_llm_clients_cache.flush_cache()
    found.module_level_client = found.llms.custom_httpx.http_handler.HTTPHandler(client=found.client_session)
    atexit.register(found.client_session.close)

    class BuiltinExpert(found.CustomLLM):
        """The expert behind litellm's interface for custom providers."""

        def completion(self, *args: Any, **kwargs: Any) -> Any:
            """Writes a lesson; its tokens are counted as words, since it has no tokenizer."""
            return _expert_response(found, *args, **kwargs)

        async def acompletion(self, *args: Any, **kwargs: Any) -> Any:
            """The same; there is nothing to wait for."""
            return _expert_response(found, *args, **kwargs)

    if not any(entry["provider"] == BUILTIN for entry in found.custom_provider_map):
        found.custom_provider_map.append({"provider": BUILTIN, "custom_handler": BuiltinExpert()})
    return found


@cache
def transport() -> "LimitedTransport":
    """What all requests of this process go through."""
    from agents.teachers.wire import LimitedTransport

    return LimitedTransport(_certificates)


def _certificates() -> ssl.SSLContext | bool | str:
    """What https servers are checked against.

    Raises:
        TeacherError: the environment names certificates that cannot be read.
    """
    for variable in _CERTIFICATES:
        if (place := os.environ.get(variable)) and not Path(place).exists():
            raise TeacherError(f"{variable}={place!r} does not exist; name a file of certificates, or unset it")
    from litellm.llms.custom_httpx.http_handler import get_ssl_configuration

    try:
        return get_ssl_configuration()
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise TeacherError(
            f"the certificates named by {', '.join(v for v in _CERTIFICATES if os.environ.get(v)) or 'the system'} "
            f"cannot be read ({error}); name a file of certificates in SSL_CERT_FILE, or unset it"
        ) from error


@contextmanager
def _without_network_variables() -> Iterator[None]:
    """The library makes clients while it is imported, which would stumble over proxies and certificates."""
    kept = {name: os.environ.pop(name) for name in (*_CERTIFICATES, "NO_PROXY", "no_proxy") if name in os.environ}
    os.environ |= {"NO_PROXY": "*", "no_proxy": "*"}
    try:
        yield
    finally:
        for name in ("NO_PROXY", "no_proxy"):
            os.environ.pop(name, None)
        os.environ |= kept


def _expert_response(litellm: Any, *, messages: Messages, model_response: Any, **kwargs: Any) -> Any:
    options = kwargs["optional_params"]
    text = expert.write_lesson(
        messages,
        task=options["expert_task"],
        seed=options["expert_seed"],
        sample=options["expert_sample"],
        error_rate=options["expert_error_rate"],
    )
    read, written = sum(len(m["content"].split()) for m in messages), len(text.split())
    model_response.choices[0].message.content = text
    model_response.choices[0].finish_reason = "stop"
    model_response.usage = litellm.Usage(prompt_tokens=read, completion_tokens=written, total_tokens=read + written)
    return model_response
