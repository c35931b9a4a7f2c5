"""A real HTTP server that speaks /v1/chat/completions, misbehaves as told, and counts what it would charge."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from agents.teachers.expert import write_lesson

INPUT_PRICE, OUTPUT_PRICE = 3.0, 15.0
"""Dollars per million tokens."""


class ModelServer:
    """`script` holds what the next requests meet, `always` what all others do.

    `ok`, a status such as `429`, `format` (no response_format, please), `slow`, `drop`, `html`, `prose`, `wrong`,
    `quote` (a refusal that quotes the key).
    """

    def __init__(self) -> None:
        self.script: deque[str] = deque()
        self.always = "ok"
        self.lesson: Callable[[list[dict[str, str]]], str] = lambda messages: write_lesson(
            messages, task="math", seed=0, sample=0, error_rate=0
        )
        """What an `ok` answer says to the messages."""
        self.retry_after = "0"
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        """Of the requests."""
        self.together = 1
        """Requests that must have been in flight at once before any is answered."""
        self.usd = 0.0
        self.released = threading.Event()
        self._in_flight = 0
        self.most_in_flight = 0
        self._crowded = threading.Event()
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with server._lock:
                    server.requests.append(body)
                    server.keys.append(self.headers.get("Authorization", ""))
                    behaviour = server.script.popleft() if server.script else server.always
                    server._in_flight += 1
                    server.most_in_flight = max(server.most_in_flight, server._in_flight)
                    if server._in_flight >= server.together:
                        server._crowded.set()
                server._crowded.wait(10)
                try:
                    server._answer(self, body, behaviour)
                finally:
                    with server._lock:
                        server._in_flight -= 1

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/v1"

    def _answer(self, handler: BaseHTTPRequestHandler, body: dict[str, Any], behaviour: str) -> None:
        if behaviour == "drop":
            handler.close_connection = True
            return
        if behaviour == "slow":
            self.released.wait(10)
            handler.close_connection = True
            return
        status, content = 200, self._completion(body, behaviour)
        if behaviour.isdigit():
            status, content = int(behaviour), json.dumps({"error": {"message": f"told to say {behaviour}"}})
        elif behaviour == "format":
            status, content = 400, json.dumps({"error": {"message": "'response_format.type' is not supported"}})
        elif behaviour == "quote":
            status, content = 403, json.dumps({"error": {"message": f"not with {handler.headers['Authorization']}"}})
        elif behaviour == "html":
            content = "<html>gateway</html>"
        raw = content.encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(raw)))
        if status == 429:
            handler.send_header("Retry-After", self.retry_after)
        handler.end_headers()
        handler.wfile.write(raw)

    def _completion(self, body: dict[str, Any], behaviour: str) -> str:
        """A lesson in a code fence; `prose` is no JSON and `wrong` the JSON of something else."""
        text = f"Gladly!\n```json\n{self.lesson(body['messages'])}\n```"
        text = {"prose": "I would rather not.", "wrong": '{"critique": "", "steps": "12+7=19"}'}.get(behaviour, text)
        usage: dict[str, int] = {
            "prompt_tokens": sum(len(m["content"]) for m in body["messages"]) // 4,
            "completion_tokens": len(text) // 3,
        }
        usage["total_tokens"] = sum(usage.values())
        if behaviour in ("ok", "prose", "wrong"):
            with self._lock:
                self.usd += (INPUT_PRICE * usage["prompt_tokens"] + OUTPUT_PRICE * usage["completion_tokens"]) / 1e6
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return json.dumps(
            {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
        )


@contextmanager
def running() -> Iterator[ModelServer]:
    """A server on a free port of this machine, gone at the end."""
    server = ModelServer()
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.http.shutdown()
        thread.join()
        server.http.server_close()
