"""The only place that knows OpenTelemetry: spans as OTLP over HTTP, with the attributes of OpenInference.

Optional: `pip install 'reasoner[otel]'`. Headers, certificates and compression are read from the standard
`OTEL_EXPORTER_OTLP_*` variables by the library itself.
"""

import json
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import reasoner
from agents.telemetry.following import Send
from agents.telemetry.spans import Plain, Span
from reasoner.errors import UsageError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

SECONDS = 5.0
"""A sending may take, retries included."""


def open_sender(endpoint: str | None) -> Send:
    """The way to a collector; nothing is sent yet.

    Args:
        endpoint: base address such as `http://127.0.0.1:4318`; None where the standard variables say it.

    Raises:
        UsageError: the extra is not installed.
    """
    try:
        import openinference.semconv.trace  # noqa: F401 (asked for here, so that it is missed at once)
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import SpanExportResult
    except ImportError as missing:
        raise UsageError(
            f"spans were asked for (telemetry.endpoint or OTEL_EXPORTER_OTLP_ENDPOINT), but {missing.name!r} is not "
            "installed; `pip install 'reasoner[otel]'`, or unset what asks for them (OTEL_SDK_DISABLED=true also does)"
        ) from missing
    # It warns at every try that a collector is away; the run says it once, at its end.
    logging.getLogger("opentelemetry.exporter.otlp.proto.http.trace_exporter").setLevel(logging.CRITICAL)
    exporter = OTLPSpanExporter(endpoint=_address(endpoint), timeout=SECONDS)

    def send(spans: Sequence[Span]) -> bool:
        try:
            return exporter.export([_readable(span) for span in spans]) is SpanExportResult.SUCCESS
        except Exception:  # whatever a network or a library comes up with, no run dies of it
            logging.getLogger(__name__).debug("spans were not taken", exc_info=True)
            return False

    return send


def _address(endpoint: str | None) -> str | None:
    """As the standard has it: a base address gets the path of traces."""
    if endpoint is None or endpoint.rstrip("/").endswith("/v1/traces"):
        return endpoint
    return f"{endpoint.rstrip('/')}/v1/traces"


def _readable(span: Span) -> "ReadableSpan":
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import Event, ReadableSpan
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

    def context(id: int) -> SpanContext:
        return SpanContext(span.trace_id, id, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))

    return ReadableSpan(
        name=span.name,
        context=context(span.span_id),
        parent=context(span.parent_id) if span.parent_id else None,
        resource=Resource({"service.name": "reasoner", "service.version": reasoner.__version__}),
        attributes=attributes(span),
        events=[Event(moment.name, moment.attributes, moment.time) for moment in span.moments],
        kind=SpanKind.CLIENT if span.kind == "LLM" else SpanKind.INTERNAL,
        instrumentation_scope=InstrumentationScope("reasoner", reasoner.__version__),
        status=Status(StatusCode.ERROR, span.error) if span.error else Status(StatusCode.OK),
        start_time=span.start,
        end_time=span.end,
    )


def attributes(span: Span) -> dict[str, Plain]:
    """What a span says, under OpenInference's names."""
    from openinference.semconv.trace import SpanAttributes as Named

    said: dict[str, Plain] = {Named.OPENINFERENCE_SPAN_KIND: span.kind, Named.SESSION_ID: span.run, **span.attributes}
    for value, name, kind in (
        (span.input, Named.INPUT_VALUE, Named.INPUT_MIME_TYPE),
        (span.output, Named.OUTPUT_VALUE, Named.OUTPUT_MIME_TYPE),
    ):
        if value:
            said |= {name: value, kind: "application/json" if _is_json(value) else "text/plain"}
    return said | (_of_call(span) if span.call else {})


def _of_call(span: Span) -> dict[str, Plain]:
    from openinference.semconv.trace import MessageAttributes, SpanAttributes

    call, named = span.call, SpanAttributes
    assert call is not None
    said: dict[str, Plain] = {
        named.LLM_MODEL_NAME: call.model,
        named.LLM_PROVIDER: call.model.partition("/")[0],
        named.LLM_TOKEN_COUNT_PROMPT: call.prompt_tokens,
        named.LLM_TOKEN_COUNT_COMPLETION: call.completion_tokens,
        named.LLM_TOKEN_COUNT_TOTAL: call.prompt_tokens + call.completion_tokens,
        named.LLM_COST_TOTAL: call.usd,
    }
    written: list[tuple[str, str, str]] = [(named.LLM_INPUT_MESSAGES, *message) for message in call.messages]
    written += [(named.LLM_OUTPUT_MESSAGES, "assistant", span.output)] if span.output else []
    counted: dict[str, int] = {}
    for where, role, content in written:
        place = counted[where] = counted.get(where, -1) + 1
        said[f"{where}.{place}.{MessageAttributes.MESSAGE_ROLE}"] = role
        said[f"{where}.{place}.{MessageAttributes.MESSAGE_CONTENT}"] = content
    return said


def _is_json(text: str) -> bool:
    try:
        found: Any = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, dict | list)
