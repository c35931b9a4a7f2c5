"""One request on the wire and the limits it lives under: a moment at which it ends, and how much may come back.

The thread that sends a request holds its exchange in a context variable, because the request passes through a
provider's library on its way to our transport and back.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_DEFAULT_SECONDS = 60.0
_DEFAULT_BYTES = 4 * 1024 * 1024


class WireFault(Exception):
    """The server's answer is none, in words for people.

    Args:
        message: what came, without the name of the model.
        status: what the server said in its own words, such as a status within the body of an answer.
        retry: whether the same request may succeed later.
        charged: whether it may have been charged.
        useless: whether it says that this teacher cannot be used at all.
        answered: whether something came that should have been an answer.
    """

    def __init__(
        self,
        message: str,
        *,
        retry: bool,
        charged: bool,
        status: int | None = None,
        useless: bool = False,
        answered: bool = True,
    ):
        super().__init__(message)
        self.status = status
        self.retry = retry
        self.charged = charged
        self.useless = useless
        self.answered = answered


@dataclass
class Exchange:
    """What is allowed, and what has happened so far."""

    seconds: float
    """From the first byte sent to the last one read."""
    largest: int
    """Bytes that the server may send, as sent and once decompressed."""
    name: str = ""
    """Of the request, the same whenever it is sent again because nobody knows what became of it; empty: nameless."""
    continues: bool = False
    """Whether a text is to be continued, rather than a chat: the answer has another form then."""
    note: str = ""
    """What the server said about its own answer, such as that it was cut."""

    def __post_init__(self) -> None:
        self._ends: float | None = None
        self._received = 0

    def begin(self) -> None:
        """Starts the clock, with the first request: a provider's library may take seconds to be imported before."""
        if self._ends is None:
            self._ends = time.monotonic() + self.seconds

    def left(self) -> float:
        """Seconds until the end.

        Raises:
            WireFault: there are none.
        """
        self.begin()
        assert self._ends is not None
        left = self._ends - time.monotonic()
        if left <= 0:
            raise self.too_late()
        return left

    def too_late(self) -> WireFault:
        """What is said once the seconds are over."""
        return WireFault(f"no whole answer within {self.seconds:g} seconds", retry=True, charged=True, answered=False)

    def count(self, received: int) -> None:
        """Counts bytes that came in.

        Raises:
            WireFault: they are too many.
        """
        self._received += received
        if self._received > self.largest:
            raise WireFault(f"the answer is larger than {self.largest:,} bytes", retry=False, charged=True)


_CURRENT: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


@contextmanager
def exchanging(exchange: Exchange) -> Iterator[Exchange]:
    """Makes it the exchange of this thread's requests."""
    token = _CURRENT.set(exchange)
    try:
        yield exchange
    finally:
        _CURRENT.reset(token)


def current() -> Exchange:
    """This thread's exchange; a fresh one where a library sends a request of its own."""
    return _CURRENT.get() or Exchange(_DEFAULT_SECONDS, _DEFAULT_BYTES)
