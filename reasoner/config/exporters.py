"""Keeps the exporters of libraries off: nothing leaves the machine because a dependency reads a variable of its own.

LangSmith sends every node's state where `LANGSMITH_TRACING` is set, litellm reads a stray `.env` and fetches its price
list, the Hugging Face libraries count users. Our own spans have a setting, `telemetry.endpoint`. Whoever wants a
library's exporter as well sets `REASONER_EXPORTERS=on`.
"""

from collections.abc import MutableMapping

VARIABLE = "REASONER_EXPORTERS"
"""`on` leaves the variables below as they are."""

QUIET = {
    "LANGSMITH_TRACING": "false",
    "LANGSMITH_TRACING_V2": "false",
    "LANGCHAIN_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_OTEL_ENABLED": "false",
    "OTEL_TRACES_EXPORTER": "none",
    "OTEL_METRICS_EXPORTER": "none",
    "OTEL_LOGS_EXPORTER": "none",
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}
"""What the libraries read. `LITELLM_MODE` is what lets litellm load a `.env` that nobody gave it."""


def keep_exporters_off(environment: MutableMapping[str, str]) -> None:
    """Sets the variables of all exporters to off, before any library reads them; children inherit them."""
    if environment.get(VARIABLE, "").strip().lower() not in ("on", "1", "true"):
        environment.update(QUIET)
