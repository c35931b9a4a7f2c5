"""Tells a run as OpenTelemetry spans, where that is asked for: while it goes on, or a whole run afterwards."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from memory.store.ledger import CallLedger
from memory.store.runs import RunStore
from reasoner.bootstrap.home import Home, existing_home
from reasoner.config.settings import Settings
from reasoner.errors import NotFoundError, ReasonerError, UsageError
from reasoner.types.trace import TraceEvent

if TYPE_CHECKING:
    from agents.telemetry.spans import SpanMaker

VARIABLES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PATIENCE = 8.0
"""Seconds that the end of a run waits for a collector."""

Listener = Callable[[TraceEvent], None]


@contextmanager
def telling_spans(place: Home, settings: Settings, run: str, listener: Listener) -> Iterator[Listener]:
    """The listener, and spans beside it if they are asked for; a collector that is away costs the run nothing.

    Raises:
        UsageError: they are asked for and the extra is not installed.
    """
    if not _is_asked_for(settings):
        yield listener
        return
    from agents.telemetry.following import SpanFollower
    from agents.telemetry.otlp import open_sender

    follower = SpanFollower(_folder(place, run), _maker(place, run), open_sender(settings.telemetry.endpoint))

    def both(event: TraceEvent) -> None:
        follower(event)
        listener(event)

    try:
        yield both
    finally:
        if not follower.close(PATIENCE):
            logging.getLogger(__name__).warning(
                "the collector of spans did not take them all; the run has lost nothing: send them with "
                "`reasoner runs export-spans %s`",
                run,
            )


def export_spans(home: Path, run: str, *, endpoint: str | None) -> int:
    """Sends all spans of a run; how many they are. Sending them again is harmless: their ids stay the same.

    Raises:
        NotFoundError: no such run.
        UsageError: nobody says where to, or the extra is not installed.
        ReasonerError: the collector did not take them.
    """
    from agents.telemetry.following import AT_ONCE, new_events
    from agents.telemetry.otlp import open_sender

    place = existing_home(home)
    path = _folder(place, run) / "events.jsonl"
    if Path(run).name != run or not path.is_file():
        raise NotFoundError(f"run {run!r} is not in {str(home)!r}; `reasoner runs list` shows those that are.")
    if endpoint is None and not any(os.environ.get(name) for name in VARIABLES):
        raise UsageError(f"nobody says where spans go; give --endpoint http://127.0.0.1:4318, or set {VARIABLES[1]}")
    send, maker = open_sender(endpoint), _maker(place, run)
    spans = [span for _, event in new_events(path, 0) for span in maker.take(event)] + maker.close()
    for start in range(0, len(spans), AT_ONCE):
        if not send(spans[start : start + AT_ONCE]):
            where = endpoint or next(os.environ[name] for name in VARIABLES if os.environ.get(name))
            raise ReasonerError(
                f"{where} took {start} of {len(spans)} spans; is an OTLP/HTTP collector there? Run the same command "
                "again: nothing is doubled"
            )
    return len(spans)


def _is_asked_for(settings: Settings) -> bool:
    if settings.telemetry.endpoint:
        return True
    silenced = os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    return not silenced and any(os.environ.get(name) for name in VARIABLES)


def _maker(place: Home, run: str) -> "SpanMaker":
    from agents.run_folder import RunFolder
    from agents.telemetry.calls import NodeCalls
    from agents.telemetry.spans import SpanMaker
    from reasoner.bootstrap.domains import task_of
    from reasoner.domains.registry import get_domain

    ledger = CallLedger(place.database(), run)
    brief = get_domain(task_of(RunStore(place.database()).get(run))).brief()
    return SpanMaker(NodeCalls(RunFolder(place.root, run), ledger.times, brief))


def _folder(place: Home, run: str) -> Path:
    return place.root / "runs" / run
