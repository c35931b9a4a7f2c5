"""Sends spans while a run is at work: reads what the run has written, never stands in its way, forgets nothing.

A thread of its own reads the lines of `events.jsonl` that are new, and writes down in `spans.json` how far the
collector has taken them. A collector that is away is asked again, ever more rarely; what it misses is sent at the next
start of the run, or by `reasoner runs export-spans`.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from agents.reporting.events import Event
from agents.run_folder import RESTORE
from agents.telemetry.spans import Span, SpanMaker
from reasoner.storage.json_files import read_object
from reasoner.storage.json_lines import object_of
from reasoner.storage.regular import reading
from reasoner.storage.writing import write_json
from reasoner.types.trace import TraceEvent

REMOVE = "remove it: the spans of this run are sent again"
AT_ONCE = 256
"""Spans of one sending."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds until a collector that was away is asked again."""

Send = Callable[[Sequence[Span]], bool]
"""Sends spans; whether they were taken. Never raises."""


class SpanFollower:
    """A listener that follows one run.

    Args:
        root: the run's folder.
        maker: makes the spans; fresh.
        send: the way to the collector.
    """

    def __init__(self, root: Path, maker: SpanMaker, send: Send) -> None:
        self._events, self._mark = root / "events.jsonl", root / "spans.json"
        self._maker, self._send = maker, send
        self._read = 0
        self._waiting: list[tuple[int, Span]] = []
        self._news, self._ending = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._follow, name="spans", daemon=True)
        self._thread.start()

    def __call__(self, _: TraceEvent) -> None:
        """Something has been written."""
        self._news.set()

    def close(self, patience: float) -> bool:
        """Sends the rest and stops; whether all was taken within `patience` seconds."""
        self._ending.set()
        self._news.set()
        self._thread.join(patience)
        return not self._thread.is_alive() and not self._waiting and self._read >= self._size()

    def _follow(self) -> None:
        wait = FIRST_WAIT
        while True:
            self._news.wait()
            self._news.clear()
            ending = self._ending.is_set()
            self._catch_up()
            if self._sent_all():
                wait = FIRST_WAIT
            elif not ending:
                # New events do not hurry a collector that is away; the end of the run does.
                self._ending.wait(wait)
                wait = min(2 * wait, LONGEST_WAIT)
                self._news.set()
            if ending:
                return

    def _catch_up(self) -> None:
        taken = self._taken()
        for end, event in new_events(self._events, self._read):
            self._read = end
            # What was taken before this start is read again only to know what is open.
            self._waiting += [(end, span) for span in self._maker.take(event) if end > taken]

    def _sent_all(self) -> bool:
        while self._waiting:
            batch = self._waiting[:AT_ONCE]
            if not self._send([span for _, span in batch]):
                return False
            del self._waiting[: len(batch)]
            # A line's spans may stand on both sides of a cut: it is taken once the last of them is.
            taken = self._waiting[0][0] - 1 if self._waiting else self._read
            write_json(self._mark, {"run": self._mark.parent.name, "taken": taken})
        return True

    def _taken(self) -> int:
        """Bytes of the events whose spans were taken; none if the mark came with the files of another run."""
        mark = read_object(self._mark, mend=REMOVE) if self._mark.exists() else {}
        return int(mark.get("taken", 0)) if mark.get("run") == self._mark.parent.name else 0

    def _size(self) -> int:
        return self._events.stat().st_size if self._events.is_file() else 0


def new_events(path: Path, read: int) -> Iterator[tuple[int, Event]]:
    """Whole lines from a byte on, each with the byte that it ends before; a torn last line is left for later."""
    if not path.exists():
        return
    with reading(path) as lines:
        lines.seek(read)
        for line in lines:
            if not line.endswith(b"\n"):
                return
            read += len(line)
            if line.strip():
                yield read, object_of(line, path, f"byte {read - len(line)}", mend=RESTORE, key="event")
