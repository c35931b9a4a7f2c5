"""Writes a run's `events.jsonl`. Every event has a key; a node that runs again after a crash writes nothing twice."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agents.run_folder import RESTORE
from agents.tracing.tracer import Tracer
from reasoner.config.secrets import Redactor
from reasoner.storage.json_lines import read_lines
from reasoner.storage.writing import append_line, cut_torn_line
from reasoner.types.trace import TraceEvent

Listener = Callable[[TraceEvent], None]


class EventLog:
    """The only writer of one run's events; the run's lock sees to that.

    Args:
        folder: of the run.
        run: its id.
        listener: told every new event.
        trace: told every event, also those that a node tells again when it runs again.
        redactor: knows what must not be written.
    """

    def __init__(
        self,
        folder: Path,
        run: str,
        listener: Listener,
        *,
        trace: Tracer | None = None,
        redactor: Redactor | None = None,
    ) -> None:
        self._path, self._run, self._listener = folder / "events.jsonl", run, listener
        self._trace, self._redactor = trace or Tracer(None), redactor or Redactor()
        self._writing = threading.Lock()  # a teacher's threads tell of waits
        folder.mkdir(parents=True, exist_ok=True)
        self._keys = {event["key"] for event in self._mend()}

    def write(self, key: str, event: str, cycle: int | None = None, **body: Any) -> None:
        """Appends an event unless one with this key is there; the listener hears new ones. Safe between threads."""
        with self._writing:
            self._write(key, event, cycle, body)

    def _write(self, key: str, event: str, cycle: int | None, body: dict[str, Any]) -> None:
        if event != "node" and (key not in self._keys or self._trace.visiting):
            self._trace.tell(event, cycle, **body)
        if key in self._keys:
            return
        body = json.loads(self._redactor.clean(json.dumps(body)))
        record = TraceEvent(key=key, event=event, run=self._run, cycle=cycle, body=body)
        line = {"event": event, "run": self._run}
        line |= {} if cycle is None else {"cycle": cycle}
        line |= {**body, "key": key, "time": datetime.now(UTC).isoformat(timespec="milliseconds")}
        append_line(self._path, json.dumps(line, ensure_ascii=False))
        self._keys.add(key)
        self._listener(record)

    def has(self, key: str) -> bool:
        """Whether this event has been written, now or before a crash."""
        return key in self._keys

    def _mend(self) -> list[dict[str, Any]]:
        """The events so far; a last line torn by a crash is cut off."""
        if not self._path.exists():
            return []
        cut_torn_line(self._path)
        return read_lines(self._path, mend=RESTORE, key="key")
