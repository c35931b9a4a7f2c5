"""A real HTTP server on this machine that misbehaves as the path says: `http://127.0.0.1:PORT/<behaviour>/v1`.

It writes bytes to its socket itself, so that nothing of HTTP protects the client, and counts what a provider would
charge for the work that it has done. `REFUSED` behaviours answer without work.
"""

import gzip
import json
import socket
import socketserver
import threading
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from agents.teachers.expert import write_lesson

INPUT_PRICE, OUTPUT_PRICE = 3.0, 15.0
"""Dollars per million tokens."""

USAGE = {"prompt_tokens": 500, "completion_tokens": 300, "total_tokens": 800}


class Asked:
    """One request that came in, and the ways to answer it."""

    def __init__(self, sock: socket.socket, body: dict[str, Any], headers: str, count: int, ended: threading.Event):
        self.sock, self.body, self.headers, self.count, self.ended = sock, body, headers, count, ended
        self.lesson = write_lesson(body["messages"], task="math", seed=0, sample=0, error_rate=0)

    def send(self, raw: bytes) -> None:
        """Bytes as they are."""
        self.sock.sendall(raw)

    def answer(
        self, content: bytes, *, status: str = "200 OK", kind: str = "application/json", extra: str = ""
    ) -> None:
        """A whole response."""
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n{extra}\r\n"
        self.send(head.encode("latin-1") + content)

    def drip(self, raw: bytes) -> None:
        """A byte now and then, for ever."""
        for byte in raw * 10_000:
            if self.ended.wait(0.05):
                return
            self.send(bytes([byte]))


def completion(text: Any, *, usage: Any = USAGE, reason: Any = "stop", **message: Any) -> bytes:
    """The body of a chat completion."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text, **message}, "finish_reason": reason}
    full = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    return json.dumps(full).encode()


Behaviour = Callable[[Asked], object]

_CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
_SPACES = b" " * 5_000_000
_TOOL = {"id": "1", "type": "function"}


def _texts(change: Callable[[str], Any]) -> Behaviour:
    """Answers whose content is made from a good lesson."""
    return lambda a: a.answer(completion(change(a.lesson)))


def _usage(usage: Any) -> Behaviour:
    return lambda a: a.answer(completion(a.lesson, usage=usage))


def _bodies(change: Callable[[bytes], bytes], **how: str) -> Behaviour:
    return lambda a: a.answer(change(completion(a.lesson)), **how)


def _refuse(status: str, message: Any, extra: str = "") -> Behaviour:
    """A refusal by status."""
    return lambda a: a.answer(json.dumps({"error": {"message": message}}).encode(), status=status, extra=extra)


def _first(first: Behaviour, then: Behaviour) -> Behaviour:
    """One way at the first request, another at all others."""
    return lambda a: (first if a.count == 1 else then)(a)


def _good(a: Asked) -> None:
    a.answer(completion(a.lesson))


def _takes(refused: str, message: str) -> Behaviour:
    """Refuses requests that hold a parameter."""
    return lambda a: _refuse("400 Bad Request", message)(a) if refused in a.body else _good(a)


def _slow_down(value: str, name: str = "Retry-After") -> Behaviour:
    return _first(_refuse("429 Too Many Requests", "slow down", f"{name}: {value}\r\n"), _good)


def _with(**fields: Any) -> Behaviour:
    """Lessons with other fields; what JSON can spell, however odd."""
    return _texts(lambda lesson: json.dumps({**json.loads(lesson), **fields}))


def _hang(a: Asked) -> None:
    a.ended.wait(20)


ANSWERED: dict[str, Behaviour] = {
    "digits_5000": _texts(lambda t: '{"critique": "x", "steps": ["1+1=2"], "answer": 1' + "1" * 5000 + "}"),
    "digits_open": _texts(lambda t: '{"critique": "x", "steps": ["1+1=2"], "answer": 2' + "9" * 6000),
    "nested_900": _texts(lambda t: '{"critique": "x", "steps": [' + "[" * 900 + "]" * 900 + '], "answer": "1"}'),
    "nested_open": _texts(lambda t: '{"critique": "x", "steps": ' + "[" * 8000),
    "nested_braces": _texts(lambda t: '{"a":' * 5000),
    "float_infinite": _texts(lambda t: t.replace('"answer": "', '"answer": 1e999, "x": "', 1)),
    "answer_nan": _texts(lambda t: t.replace('"answer": "', '"answer": NaN, "x": "', 1)),
    "surrogate_critique": _with(critique="cut \ud83d"),
    "surrogate_step": _with(steps=["12+7=19\ud83d"]),
    "surrogate_key": _with(**{"note\ud83d": "x"}),
    "surrogate_prose": _texts(lambda t: "Sorry \ud83d no JSON"),
    "nul_critique": _with(critique="a\u0000b"),
    "escapes_critique": _with(critique="\u001b[2J\u001b]0;x\u0007 \u202e[/bold]</script>"),
    "newlines_fence": _texts(lambda t: "```\n" + "\n" * 100_000 + "{"),
    "fences_open": _texts(lambda t: "```" * 50_000),
    "many_problems": _with(problems=[{"question": "Ann has 3 pens.", "steps": ["1+1=2"], "answer": "2"}] * 5000),
    "many_steps": _with(steps=["1+1=2"] * 50_000),
    "empty_text": _texts(lambda t: ""),
    "null_text": _texts(lambda t: None),
    "prose": _texts(lambda t: "I would rather not."),
    "cut_in_half": lambda a: a.answer(completion(a.lesson[: len(a.lesson) // 2], reason="length")),
    "list_content": _texts(lambda t: [{"type": "text", "text": t}]),
    "odd_list_content": _texts(lambda t: [None, 3, {"type": "image"}, ["x"]]),
    "object_content": _texts(json.loads),
    "number_content": _texts(lambda t: 38),
    "tool_call": lambda a: a.answer(
        completion(None, tool_calls=[{**_TOOL, "function": {"name": "Lesson", "arguments": a.lesson}}])
    ),
    "odd_tool_call": lambda a: a.answer(completion(None, tool_calls={"x": 1})),
    "refusal": lambda a: a.answer(completion(None, refusal="I cannot help with that")),
    "reasoning_only": lambda a: a.answer(completion("", reasoning_content="let me think " * 100)),
    "filtered": lambda a: a.answer(completion("", reason="content_filter")),
    "odd_finish_reason": lambda a: a.answer(completion(a.lesson, reason={"why": 1})),
    "usage_negative": _usage({"prompt_tokens": -5, "completion_tokens": -7, "total_tokens": -12}),
    "usage_text": _usage({"prompt_tokens": "many", "completion_tokens": "few", "total_tokens": "x"}),
    "usage_float": _usage({"prompt_tokens": 500.5, "completion_tokens": 300.5, "total_tokens": 801}),
    "usage_huge": _usage({"prompt_tokens": 10**30, "completion_tokens": 10**30, "total_tokens": 10**30}),
    "usage_beyond_limit": _usage({"prompt_tokens": 500, "completion_tokens": 2_000_000, "total_tokens": 1}),
    "usage_none": _usage(None),
    "usage_zero": _usage({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}),
    "usage_bool": _usage({"prompt_tokens": True, "completion_tokens": True, "total_tokens": 2}),
    "usage_list": _usage([1, 2]),
    "choices_empty": lambda a: a.answer(b'{"object": "chat.completion", "choices": []}'),
    "choices_null": lambda a: a.answer(b'{"object": "chat.completion", "choices": null}'),
    "choices_odd": lambda a: a.answer(b'{"object": "chat.completion", "choices": [7]}'),
    "message_missing": lambda a: a.answer(b'{"object": "chat.completion", "choices": [{"index": 0}]}'),
    "body_list": lambda a: a.answer(b"[1, 2]"),
    "body_nested": lambda a: a.answer(b"[" * 100_000),
    "body_digits": lambda a: a.answer(b'{"choices": ' + b"1" * 100_000 + b"}"),
    "body_html": lambda a: a.answer(b"<html>Sign in</html>", kind="text/html"),
    "body_empty": lambda a: a.answer(b""),
    "body_bad_utf8": _bodies(lambda b: b.replace(b'"assistant"', b'"\xff\xfe"')),
    "body_bom": _bodies(lambda b: b"\xef\xbb\xbf" + b),
    "wrong_kind": _bodies(lambda b: b, kind="image/png"),
    "status_204": lambda a: a.send(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "error_in_200": lambda a: a.answer(b'{"error": {"message": "Rate limit exceeded", "code": 429}}'),
    "odd_error_in_200": lambda a: a.answer(b'{"error": ["\\ud83d", {"code": 1e999}]}'),
    "stream": lambda a: a.answer(b'data: {"choices": []}\n\ndata: [DONE]\n\n', kind="text/event-stream"),
    "gzip_honest": _bodies(gzip.compress, extra="Content-Encoding: gzip\r\n"),
    "gzip_lie": _bodies(lambda b: b, extra="Content-Encoding: gzip\r\n"),
    "gzip_bomb": _bodies(lambda b: gzip.compress(_SPACES), extra="Content-Encoding: gzip\r\n"),
    "deflate_bomb": _bodies(lambda b: zlib.compress(_SPACES), extra="Content-Encoding: deflate\r\n"),
    "brotli": _bodies(lambda b: b, extra="Content-Encoding: br\r\n"),
    "megabytes": lambda a: a.answer(completion("x" * 3_000_000)),
    "endless": lambda a: [a.send(_CHUNKED), [a.send(b"10000\r\n" + b"x" * 65536 + b"\r\n") for _ in range(400)]],
    "headers_endless": lambda a: [a.send(b"HTTP/1.1 200 OK\r\n"), [a.send(b"X: " + b"y" * 9000) for _ in range(40)]],
    "drip_body": lambda a: [a.send(_CHUNKED), a.drip(b"1\r\n \r\n")],
    "drip_headers": lambda a: [a.send(b"HTTP/1.1 200 OK\r\nX: "), a.drip(b"y")],
    "hang_before": _hang,
    "hang_within": lambda a: [a.send(_HEAD + b'{"choices"'), _hang(a)],
    "close_at_once": lambda a: None,
    "close_early": lambda a: a.send(_HEAD + completion(a.lesson)[:50]),
    "length_too_long": lambda a: a.send(_HEAD + completion(a.lesson)),
    "length_odd": lambda a: a.send(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + completion(a.lesson)),
    "chunks_garbage": lambda a: a.send(_CHUNKED + b"zz\r\nnot a chunk"),
    "no_http": lambda a: a.send(b"\x16\x03\x01 hello, I am no web server\r\n\r\n"),
    "http_1_0": lambda a: a.send(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + completion(a.lesson)),
    "http_0_9": lambda a: a.send(completion(a.lesson)),
    "interim_100": lambda a: [a.send(b"HTTP/1.1 100 Continue\r\n\r\n"), _good(a)],
}
"""What the server has worked for, so that it may charge."""

REFUSED: dict[str, Behaviour] = {
    "retry_after_negative": _slow_down("-5"),
    "retry_after_nan": _slow_down("nan"),
    "retry_after_infinite": _slow_down("inf"),
    "retry_after_text": _slow_down("soon"),
    "retry_after_year": _slow_down("Wed, 21 Oct 99999999999999999999 07:28:00 GMT"),
    "retry_after_zone": _slow_down("Wed, 21 Oct 2026 07:28:00 +9999999999"),
    "retry_after_huge": _slow_down("1" + "0" * 30),
    "retry_after_ms": _slow_down("20", name="retry-after-ms"),
    "retry_after_second": _slow_down("1"),
    "status_429": _refuse("429 Too Many Requests", "slow down"),
    "status_500": _refuse("500 Internal Server Error", "\ud83d broken"),
    "status_529": _refuse("529 Overloaded", "Overloaded"),
    "status_413": _refuse("413 Too Large", "context length exceeded"),
    "status_999": _refuse("999 Odd", {"deep": [1]}),
    "status_400_html": lambda a: a.answer(b"<html>" + b"x" * 100_000, status="400 Bad Request", kind="text/html"),
    "status_500_drip": lambda a: [a.send(_CHUNKED.replace(b"200 OK", b"500 No")), a.drip(b"1\r\n \r\n")],
    "status_429_gzip_lie": _first(
        lambda a: a.answer(b"x", status="429 Slow", extra="Content-Encoding: gzip\r\n"), _good
    ),
    "quotes_key": lambda a: _refuse("400 Bad Request", a.headers)(a),
    "redirect": lambda a: a.answer(b"", status="307 Moved", extra="Location: http://localhost:9/v1\r\n"),
    "redirect_odd": lambda a: a.answer(b"", status="302 Moved", extra="Location: javascript:\xff\r\n"),
    "no_response_format": _takes("response_format", "'response_format.type' is not supported"),
    "no_temperature": _takes("temperature", "temperature is not supported with this model"),
    "no_max_tokens": _takes("max_tokens", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
    "no_parameter_named": _takes("temperature", "Unsupported parameter"),
    "status_401": _refuse("401 Unauthorized", "bad key"),
    "status_404": _refuse("404 Not Found", "no such model"),
}
"""What answers without work, or works only for the request that it likes."""

BEHAVIOURS = {**ANSWERED, **REFUSED}

SLOW = frozenset({"drip_body", "drip_headers", "hang_before", "hang_within", "status_500_drip"})
"""What ends by the client's patience alone."""

EVERYTHING = "everything"
"""A path whose first request is answered well, each later one in the next of the quick ways to answer."""


class MisbehavingServer:
    """Counts requests and dollars by behaviour."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.usd: defaultdict[str, float] = defaultdict(float)
        self.bodies: list[dict[str, Any]] = []
        self.names: list[str] = []
        """Values of Idempotency-Key, in the order of the requests."""
        self.ended = threading.Event()
        self._lock = threading.Lock()
        server = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):  # the client has had enough, which is what it should do
                    server._handle(self.request)

        class Threads(socketserver.ThreadingTCPServer):
            daemon_threads, allow_reuse_address, request_queue_size = True, True, 128

        self.tcp = Threads(("127.0.0.1", 0), Handler)

    def address(self, behaviour: str) -> str:
        """The `api_base` of a behaviour."""
        return f"http://127.0.0.1:{self.tcp.server_address[1]}/{behaviour}/v1"

    def _handle(self, sock: socket.socket) -> None:
        sock.settimeout(20)
        head, body = _read(sock)
        behaviour = head.split(" ", 2)[1].split("/")[1]
        with self._lock:
            self.requests[behaviour] += 1
            self.bodies.append(body)
            self.names += [
                line.split(": ", 1)[1] for line in head.split("\r\n") if line.startswith("Idempotency-Key: ")
            ]
            count = self.requests[behaviour]
        asked = Asked(sock, body, head, count, self.ended)
        if behaviour == EVERYTHING:
            ways = [_good, *(way for name, way in ANSWERED.items() if name not in SLOW)]
            ways[(count - 1) % len(ways)](asked)
            return
        if behaviour in ANSWERED or not _refuses(behaviour, asked):
            with self._lock:
                self.usd[behaviour] += (
                    INPUT_PRICE * USAGE["prompt_tokens"] + OUTPUT_PRICE * USAGE["completion_tokens"]
                ) / 1e6
        BEHAVIOURS[behaviour](asked)


def _refuses(behaviour: str, asked: Asked) -> bool:
    """Whether a behaviour of `REFUSED` refuses this very request."""
    likes = {"no_response_format": "response_format", "no_temperature": "temperature", "no_max_tokens": "max_tokens"}
    likes["no_parameter_named"] = "temperature"
    if behaviour in likes:
        return likes[behaviour] in asked.body
    return asked.count == 1 or not behaviour.startswith(("retry_after", "status_429_gzip"))


def _read(sock: socket.socket) -> tuple[str, dict[str, Any]]:
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += sock.recv(65536) or _closed()
    head, _, body = raw.partition(b"\r\n\r\n")
    text = head.decode("latin-1")
    length = next(int(line[16:]) for line in text.split("\r\n") if line.lower().startswith("content-length: "))
    while len(body) < length:
        body += sock.recv(65536) or _closed()
    return "\r\n".join(line.replace("idempotency-key", "Idempotency-Key") for line in text.split("\r\n")), json.loads(
        body
    )


def _closed() -> bytes:
    raise ConnectionError("the client closed the connection")


@contextmanager
def misbehaving() -> Iterator[MisbehavingServer]:
    """A server on a free port of this machine, gone at the end."""
    server = MisbehavingServer()
    thread = threading.Thread(target=server.tcp.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.tcp.shutdown()
        thread.join()
        server.tcp.server_close()
