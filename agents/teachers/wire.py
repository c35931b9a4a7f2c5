"""The transport that every request of a teacher goes through: hard limits on time and size, no redirect, own proxies.

httpx limits single reads, so a server that sends a byte a second holds a client for ever. Here each operation on the
socket gets the seconds that the whole exchange has left, and every byte is counted. An answer is read whole, checked
and handed to the provider's library in one piece.
"""

# ruff: noqa: ARG002 - httpcore hands each operation a timeout; the seconds of the exchange hold instead

import hashlib
import os
import ssl
import threading
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

from agents.teachers import body
from agents.teachers.addresses import Proxy, Target, proxy_of
from agents.teachers.exchange import Exchange, WireFault, current
from reasoner.errors import TeacherError

_PIECE = 16_384
"""Bytes written at once: a server that does not read must not hold us beyond the end of the exchange."""

_REFUSAL = 4096
"""Bytes of a refusal that are read: libraries look for known words in it, which takes long in a long one."""

_CONNECTIONS = httpx.Limits(max_connections=100, max_keepalive_connections=0)
"""None is used twice: one that the server has just closed would leave open whether a request was charged."""


class LimitedStream(httpcore.NetworkStream):
    """A connection whose every operation ends with the exchange at work."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Reads what is there, and counts it."""
        exchange = current()
        data = self._stream.read(max_bytes, exchange.left())
        exchange.count(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Writes in pieces, so that the clock is looked at in between."""
        exchange = current()
        for start in range(0, len(buffer), _PIECE):
            self._stream.write(buffer[start : start + _PIECE], exchange.left())

    def close(self) -> None:
        """Closes the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same limits inside TLS."""
        return LimitedStream(self._stream.start_tls(ssl_context, server_hostname, current().left()))

    def get_extra_info(self, info: str) -> Any:
        """As the connection says."""
        return self._stream.get_extra_info(info)


class LimitedBackend(httpcore.SyncBackend):
    """Opens limited connections."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connects within what the exchange has left."""
        return LimitedStream(super().connect_tcp(host, port, current().left(), local_address, socket_options))


class LimitedTransport(httpx.BaseTransport):
    """Sends a request directly or through the environment's proxy. Safe between threads.

    Args:
        certificates: makes the context of TLS, when the first https address is asked.
    """

    def __init__(self, certificates: Callable[[], ssl.SSLContext | bool | str]) -> None:
        self._certificates = certificates
        self._ways: dict[tuple[Proxy | None, bool], httpx.HTTPTransport] = {}
        self._lock = threading.Lock()

    def way_to(self, target: Target) -> httpx.HTTPTransport:
        """The connections to a server.

        Raises:
            TeacherError: a proxy, or the certificates, that the environment names cannot be used.
        """
        proxy, secure = proxy_of(target, os.environ), target.scheme == "https"
        with self._lock:
            if (proxy, secure) not in self._ways:
                self._ways[proxy, secure] = self._open(proxy, secure=secure)
            return self._ways[proxy, secure]

    def _open(self, proxy: Proxy | None, *, secure: bool) -> httpx.HTTPTransport:
        verify = self._certificates() if secure else False
        try:
            way = httpx.HTTPTransport(
                verify=verify, trust_env=False, limits=_CONNECTIONS, proxy=proxy.address if proxy else None
            )
        except ImportError as error:
            assert proxy is not None
            raise TeacherError(
                f"{proxy.variable} names a SOCKS proxy, for which a package is missing; pip install 'httpx[socks]', or "
                f"unset {proxy.variable}, or name the server in NO_PROXY"
            ) from error
        # httpx hides httpcore's argument for this; the test of a server that sends headers byte by byte holds it.
        way._pool._network_backend = LimitedBackend()  # pyright: ignore[reportAttributeAccessIssue]
        return way

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends, reads the whole answer, and hands on what can be read.

        Raises:
            WireFault: what came is no answer.
        """
        exchange = current()
        url = request.url
        way = self.way_to(Target(url.scheme, url.host.lower(), url.port or (443 if url.scheme == "https" else 80)))
        request.headers["Accept-Encoding"] = "identity"
        if exchange.name and request.method == "POST":
            text = exchange.name.encode() + request.read()
            request.headers["Idempotency-Key"] = hashlib.sha256(text).hexdigest()[:32]
        left = exchange.left()
        request.extensions = {
            **request.extensions,
            "timeout": dict.fromkeys(("connect", "read", "write", "pool"), left),
        }
        try:
            response = way.handle_request(request)
            try:
                return _whole(response, exchange, posted=request.method == "POST")
            finally:
                response.close()
        except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
            raise exchange.too_late() from error

    def close(self) -> None:
        """Closes all connections."""
        for way in self._ways.values():
            way.close()


def _whole(response: httpx.Response, exchange: Exchange, *, posted: bool) -> httpx.Response:
    """The response with its body in memory."""
    status = response.status_code
    if 300 <= status < 400:
        where = response.headers.get("location", "")[:200]
        raise WireFault(
            f"status {status}: the server sends us on to {where!r}, and a key and questions are not sent after it; "
            "if you trust that address, give it as teacher.api_base",
            retry=False,
            charged=False,
            useless=True,
        )
    content = _content(response, exchange)
    if status >= 400:
        content = content[:_REFUSAL]
    elif posted:
        content = body.readable(content, status=status, exchange=exchange)
    dropped = ("content-encoding", "content-length", "transfer-encoding", "content-type")
    headers = [(k, v) for k, v in response.headers.multi_items() if k.lower() not in dropped]
    kind = "application/json" if content[:1] in b"{[" else response.headers.get("content-type", "text/plain")
    return httpx.Response(status, headers=[*headers, ("content-type", kind)], content=content)


def _content(response: httpx.Response, exchange: Exchange) -> bytes:
    """The body, decompressed; of a refusal as much as can be had, since its status says enough."""
    assert isinstance(response.stream, httpx.SyncByteStream)
    try:
        return _decompressed(
            b"".join(response.stream), response.headers.get("content-encoding", ""), largest=exchange.largest
        )
    except (WireFault, httpx.TransportError):
        if response.status_code < 400:
            raise
        return b""


def _decompressed(raw: bytes, encoding: str, *, largest: int) -> bytes:
    """A body that was compressed although none was asked for, never larger than it may be."""
    if encoding.strip().lower() in ("", "identity"):
        return raw
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        raise WireFault(
            f"the answer is compressed as {encoding[:40]!r}, which nobody asked for", retry=False, charged=True
        )
    try:
        # 32 more: the header says whether it is gzip or zlib.
        text = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(raw, largest + 1)
    except zlib.error as error:
        raise WireFault(
            f"the answer says that it is compressed and is not ({error})", retry=True, charged=True
        ) from error
    if len(text) > largest:
        raise WireFault(f"the answer is larger than {largest:,} bytes once decompressed", retry=False, charged=True)
    return text
