"""A real HTTP server that speaks /v1/completions and /v1/chat/completions, weighs texts by a rule, and counts.

Its tokens are words with the blank before them. A token weighs -0.1 for each of its characters.
"""

import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class CompletionServer:
    """`script` holds what the next requests meet: `ok`, a status, `drop`; `always` what all others do."""

    def __init__(self) -> None:
        self.script: deque[str] = deque()
        self.always = "ok"
        self.echoes = "whole"
        """`whole`; `bare`: the prompt without weights; `not`: nothing is sent back; `refused`: status 400."""
        self.says: Callable[[str], str] = lambda prompt: " #### 7\n\nQuestion: more"
        self.has_completions = True
        self.hold = threading.Event()
        self.hold.set()
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.keys: list[str] = []
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with server._lock:
                    server.requests.append((self.path, body))
                    server.keys.append(self.headers.get("Authorization", ""))
                    behaviour = server.script.popleft() if server.script else server.always
                server.hold.wait(60)
                if behaviour == "drop":
                    self.close_connection = True
                    return
                status, content = server._answer(self.path, body, behaviour)
                raw = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/v1"

    def _answer(self, path: str, body: dict[str, Any], behaviour: str) -> tuple[int, dict[str, Any]]:
        if behaviour.isdigit():
            return int(behaviour), {"error": {"message": f"told to say {behaviour}"}}
        if path.endswith("/chat/completions"):
            prompt = body["messages"][0]["content"]
            message = {"role": "assistant", "content": self.says(prompt)}
            return 200, _whole({"message": message}, "chat.completion", prompt)
        if not self.has_completions:
            return 404, {"error": {"message": "Not Found"}}
        return self._continued(body)

    def _continued(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        prompt, echo = body["prompt"], body.get("echo", False)
        if not echo:
            return 200, _whole({"text": self.says(prompt), "logprobs": None}, "text_completion", prompt)
        if self.echoes == "refused":
            return 400, {"error": {"message": "echo is not something that we do"}}
        text = " more" if self.echoes == "not" else f"{prompt} more"
        weights = None if self.echoes == "bare" else weights_of(text)
        return 200, _whole({"text": text, "logprobs": weights}, "text_completion", prompt)


def weights_of(text: str) -> dict[str, Any]:
    """Tokens and what they weigh, the first one nothing."""
    tokens = re.findall(r"\s*\S+|\s+$", text)
    offsets = [sum(map(len, tokens[:i])) for i in range(len(tokens))]
    logprobs = [None, *(-0.1 * len(token) for token in tokens[1:])]
    return {"tokens": tokens, "token_logprobs": logprobs, "text_offset": offsets, "top_logprobs": None}


def _whole(choice: dict[str, Any], kind: str, prompt: str) -> dict[str, Any]:
    usage = {"prompt_tokens": len(prompt.split()) + 1, "completion_tokens": 4}
    usage["total_tokens"] = sum(usage.values())
    one = {"index": 0, "finish_reason": "stop", **choice}
    return {"id": "1", "object": kind, "created": 1, "model": "m", "choices": [one], "usage": usage}


@contextmanager
def completing() -> Iterator[CompletionServer]:
    """A server on a free port of this machine, gone at the end."""
    server = CompletionServer()
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.hold.set()
        server.http.shutdown()
        thread.join()
        server.http.server_close()
