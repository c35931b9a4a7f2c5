"""What an exception of a provider's library means: try again or not, charged or not, is the teacher of any use.

Libraries wrap one error in another and guess at status codes, so the whole chain is searched for what really happened
on the wire. A refusal by status is not charged. A timeout or a broken connection after the request went out, and an
answer that is no answer, may have been charged.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from agents.teachers.exchange import WireFault
from agents.teachers.provider import SendError
from reasoner.errors import TeacherError
from reasoner.types.text import storable

_TRY_AGAIN = frozenset({408, 409, 425, 429})
_USELESS = frozenset({401, 402, 403, 404})
_ADVICE = {
    401: "set {api_key}, or the provider's own environment variable, to a valid key",
    402: "the account has no credit; add some or choose another {model}",
    403: "this key may not use the model; check {model} and {api_key}",
    404: "no such model or address; check {model} and {api_base}",
}
_SHOWN = 300
"""Characters of a library's message that are quoted."""


class Names(NamedTuple):
    """What a user calls the three things that a request hangs on."""

    model: str = "teacher.model"
    api_base: str = "teacher.api_base"
    api_key: str = "teacher.api_key"


TEACHER = Names()


def send_error(
    error: Exception,
    *,
    model: str,
    api_base: str | None,
    clean: Callable[[str], str] = str,
    names: Names = TEACHER,
) -> SendError:
    """Reads the fate of a request from the exception that it ended with.

    Args:
        error: as raised by litellm.
        model: model string, named in the message.
        api_base: address of the server, named where it cannot be reached.
        clean: blots out what nobody shall read, such as a key that the server quotes.
        names: of what the user may have to change.
    """
    import httpx

    chain = list(_chain(error))
    # Cleaned before it is cut: half a key is a key.
    text = storable(" ".join(str(error)[: 100 * _SHOWN].split()))
    said = clean(text.rpartition("Exception - ")[2] or text)[:_SHOWN]
    if (ours := next((e for e in chain if isinstance(e, WireFault | TeacherError)), None)) is not None:
        return _of_ours(ours, clean(storable(str(ours))))
    response = next((e.response for e in chain if isinstance(e, httpx.HTTPStatusError)), None)
    if response is not None:
        return _refused(response.status_code, said, model=model, names=names, retry_after=retry_after(response.headers))
    if any(isinstance(e, httpx.ProxyError) for e in chain):
        advice = "check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY"
        return SendError(f"the proxy refused: {said}; {advice}", retry=True, charged=False, useless=True)
    if any(isinstance(e, httpx.ConnectError | httpx.ConnectTimeout | httpx.UnsupportedProtocol) for e in chain):
        where = f"{names.api_base}={clean(api_base)!r}" if api_base else "its server"
        advice = "start the server or correct the address"
        return SendError(f"cannot reach {model!r} at {where}; {advice}", retry=True, charged=False, useless=True)
    status = next((s for e in reversed(chain) if isinstance(s := getattr(e, "status_code", None), int)), 500)
    if status == 408 or any(isinstance(e, httpx.TransportError | TimeoutError) for e in chain):
        broken = next((" ".join(str(e).split())[:_SHOWN] for e in chain if isinstance(e, httpx.TransportError)), said)
        return SendError(
            f"no answer from {model!r}: {clean(storable(broken))}", retry=True, charged=True, useless=False
        )
    if 400 <= status < 500:
        return _refused(status, said, model=model, names=names, retry_after=0.0)
    return SendError(f"no usable answer from {model!r}: {said}", retry=True, charged=True, useless=False, answered=True)


def _of_ours(error: Exception, said: str) -> SendError:
    """What our own transport, or what it was given, said no to."""
    if isinstance(error, WireFault):
        retry = error.retry and (error.status is None or _worth_a_retry(error.status))
        return SendError(
            said,
            retry=retry,
            charged=error.charged,
            useless=error.useless or error.status in _USELESS,
            answered=error.answered,
        )
    return SendError(said, retry=False, charged=False, useless=True)


def _refused(status: int, said: str, *, model: str, names: Names, retry_after: float) -> SendError:
    advice = f"; {_ADVICE[status].format(**names._asdict())}" if status in _ADVICE else ""
    return SendError(
        f"status {status} from {model!r}: {said}{advice}",
        retry=_worth_a_retry(status),
        charged=False,
        useless=status in _USELESS,
        retry_after=retry_after,
        status=status,
    )


def _worth_a_retry(status: int) -> bool:
    return status in _TRY_AGAIN or status >= 500


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and those it was raised from, outermost first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds that a server asks to wait: milliseconds in a header of their own, seconds, or a date; 0 for nonsense."""
    thousandths = _finite(headers.get("retry-after-ms", ""))
    if thousandths is not None:
        return max(0.0, thousandths / 1000)
    header = headers.get("retry-after", "")
    if (seconds := _finite(header)) is not None:
        return max(0.0, seconds)
    try:
        then = parsedate_to_datetime(header)
        then = then if then.tzinfo else then.replace(tzinfo=UTC)
        return max(0.0, (then - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError, TypeError):
        return 0.0


def _finite(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else 0.0
