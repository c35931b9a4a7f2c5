"""What a loop at work looks like: one live table on a terminal, plain lines elsewhere.

Both are fed the same two things: trace events, which stay, and progress, which is forgotten.
"""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from agents.reporting.event_text import Event, lines
from agents.reporting.figures import dollars, duration, interval, percent
from reasoner.bootstrap.run_events import line_of
from reasoner.cli.pace import Pace
from reasoner.cli.voice import Voice, plain_table
from reasoner.types.loop import Progress
from reasoner.types.trace import TraceEvent

BAR = 16
LONG = 5.0
"""Seconds between two lines about the same node."""


class _Looks:
    """What was looked at before a run, told before anything is paid and not once more with the event."""

    def __init__(self, voice: Voice) -> None:
        self._voice, self._told = voice, set[str]()

    def before(self, progress: Progress) -> bool:
        """Tells what progress has found; whether that was anything."""
        if progress.looks:
            looks = [look.model_dump() for look in progress.looks]
            self.event({"event": "preflight", "looks": looks})
        return bool(progress.looks)

    def event(self, line: Event) -> None:
        """The lines of an event that have not been told."""
        for text in lines(line):
            if line["event"] != "preflight" or text not in self._told:
                self._voice.say(text)
            if line["event"] == "preflight":
                self._told.add(text)


class LiveView:
    """The live table."""

    def __init__(self, voice: Voice, cycles: int) -> None:
        self.pace = Pace(cycles)
        self._voice, self._looks = voice, _Looks(voice)
        self._live = Live(
            console=voice.console, get_renderable=lambda: render(self.pace), refresh_per_second=4, transient=True
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def event(self, event: TraceEvent) -> None:
        """One event of the run; what was looked at before it, and calls that failed, stay above the table."""
        line = line_of(event)
        self.pace.hear(line)
        if line["event"] == "preflight" or (line["event"] == "teacher" and line.get("failed")):
            self._looks.event(line)

    def progress(self, progress: Progress) -> None:
        """One sign of progress."""
        self._looks.before(progress)
        self.pace.see(progress)


class PlainView:
    """Lines as things happen: each event, each node as it begins, and how far one is that takes long."""

    def __init__(self, voice: Voice, cycles: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.pace = Pace(cycles, clock)
        self._voice, self._looks = voice, _Looks(voice)
        self._clock = clock
        self._at: tuple[int, str] | None = None
        self._said = (0, clock())
        """Quarter of the node at work, and when it was told of last."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def event(self, event: TraceEvent) -> None:
        """One event of the run."""
        line = line_of(event)
        self.pace.hear(line)
        self._looks.event(line)

    def progress(self, progress: Progress) -> None:
        """One sign of progress."""
        self.pace.see(progress)
        if self._looks.before(progress):
            return
        quarter = 4 * progress.done // progress.total if progress.total else 0
        if (progress.cycle, progress.node) != self._at:
            self._at, self._said = (progress.cycle, progress.node), (quarter, self._clock())
            amount = f" (0 of {progress.total})" if progress.total else ""
            self._voice.say(f"cycle {progress.cycle}  {progress.node}{amount} ...{time_left(self.pace)}")
        elif quarter > self._said[0] and self._clock() - self._said[1] >= LONG:
            self._said = quarter, self._clock()
            done = f"{progress.done} of {progress.total}"
            self._voice.say(f"cycle {progress.cycle}  {progress.node} ({done}) ...{time_left(self.pace)}")


def view_for(voice: Voice, cycles: int) -> LiveView | PlainView:
    """The live table where people watch, lines elsewhere."""
    return LiveView(voice, cycles) if voice.console.is_terminal and not voice.quiet else PlainView(voice, cycles)


def render(pace: Pace) -> RenderableType:
    """The table as it looks now, and under it the newest event, the time and the money."""
    table = plain_table("cycle", "at", "progress", "sealed accuracy", "time", right=("cycle", "time"))
    for cycle, (verdict, seconds) in sorted(pace.rows.items()):
        table.add_row(str(cycle), verdict, "", _sealed(pace.sealed(cycle)), duration(seconds))
    if max(pace.rows, default=-1) < pace.cycles:
        cells = (str(pace.now.cycle), pace.now.node, _bar(pace.now), _sealed(pace.sealed(pace.now.cycle)))
        table.add_row(*cells, duration(pace.in_cycle), style="bold")
    foot = f"{duration(pace.elapsed)} elapsed{time_left(pace)}, {dollars(pace.usd)} spent"
    return Group(table, Text(pace.last, style="dim", overflow="ellipsis", no_wrap=True), Text(foot))


def time_left(pace: Pace) -> str:
    """Roughly; empty where nothing can be told."""
    return "" if pace.remaining is None else f", about {duration(round(pace.remaining))} left"


def _bar(now: Progress) -> RenderableType:
    if not now.total:
        return Text(now.note)
    bar = Table.grid(padding=(0, 1))
    bar.add_row(ProgressBar(total=now.total, completed=now.done, width=BAR), f"{now.done}/{now.total}")
    return bar


def _sealed(event: Event | None) -> str:
    return "" if event is None else f"{percent(event['accuracy'])} {interval(event['ci95'])}"
