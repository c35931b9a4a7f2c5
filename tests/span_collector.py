"""A real OTLP/HTTP collector on loopback: takes protobuf, keeps the spans, and can be away."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Collector:
    """What was sent so far. `status` other than 200: spans are refused."""

    def __init__(self) -> None:
        self.status = 200
        self.url = ""
        self.paths: list[str] = []
        self.sent: list[Span] = []
        self.came = threading.Event()

    @property
    def spans(self) -> dict[bytes, Span]:
        """By id."""
        return {span.span_id: span for span in self.sent}

    def named(self, name: str) -> list[Span]:
        """Those of a name, each once."""
        return [span for span in self.spans.values() if span.name == name]

    def parent(self, span: Span) -> Span:
        return self.spans[span.parent_span_id]


def attributes(span: Span) -> dict[str, Any]:
    """As plain values."""
    return {a.key: getattr(a.value, str(a.value.WhichOneof("value"))) for a in span.attributes}


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector at work."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            collector.paths.append(self.path)
            if collector.status == 200:
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    for scope in resource.scope_spans:
                        collector.sent.extend(scope.spans)
            self.send_response(collector.status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            collector.came.set()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
