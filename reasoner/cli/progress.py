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

from agents.reporting.figures import dollars, duration, interval, percent
from reasoner.cli.voice import Voice, plain_table
from reasoner.cli.wording import Event, sentence
from reasoner.types.loop import Progress
from reasoner.types.trace import TraceEvent

BAR = 16
START = "start"


class Pace:
    """What is known so far: where the loop stands, what it costs, how long it may take.

    The remaining time is that of finished cycles times those to come; before the first has ended nothing is promised.
    """

    def __init__(self, cycles: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.cycles = cycles
        self.now = Progress(cycle=0, node=START, done=0, total=0)
        self.rows: dict[int, tuple[str, float]] = {}
        """Verdict and seconds of each finished cycle."""
        self._sealed: dict[str, Event] = {}
        self._champions: dict[int, str] = {}
        self.usd = 0.0
        self.last = ""
        self._clock = clock
        self._started = self._cycle_started = clock()

    def hear(self, event: Event) -> None:
        """Takes in one event."""
        self.last = (sentence(event) or self.last).partition("\n")[0]
        cycle = event.get("cycle")
        if event["event"] == "teacher":
            self.usd += event["usd"]
        if cycle is None:
            return
        if event["event"] == "evaluation" and event["split"] == "sealed":
            self._champions = self._champions or {cycle: event["checkpoint"]}
            self._sealed.setdefault(event["checkpoint"], event)
        if event["event"] == "decision":
            self._champions[cycle] = event["candidate" if event["verdict"] == "promote" else "champion"]
            self._finish(cycle, event["verdict"])

    def see(self, progress: Progress) -> None:
        """Takes in one sign of progress."""
        if progress.cycle > 0 and self.now.cycle == 0 and self.now.node != START:
            self._finish(0, "base")
        self.now = progress

    def sealed(self, cycle: int) -> Event | None:
        """The sealed evaluation of the champion after this cycle, or of the newest before."""
        reigned = [
            champion for at, champion in sorted(self._champions.items()) if at <= cycle and champion in self._sealed
        ]
        return self._sealed[reigned[-1]] if reigned else None

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._started

    @property
    def in_cycle(self) -> float:
        """Seconds in the cycle at work."""
        return self._clock() - self._cycle_started

    @property
    def remaining(self) -> float | None:
        """Seconds to the end of the last cycle, as far as can be told."""
        spans = [seconds for cycle, (_, seconds) in self.rows.items() if cycle > 0]
        left = self.cycles - max(self.rows, default=0)
        if not spans or left <= 0:
            return None
        return max(0.0, left * sum(spans) / len(spans) - self.in_cycle)

    def _finish(self, cycle: int, verdict: str) -> None:
        if cycle not in self.rows:
            self.rows[cycle] = (verdict, self.in_cycle)
            self._cycle_started = self._clock()


class LiveView:
    """The live table."""

    def __init__(self, voice: Voice, cycles: int) -> None:
        self.pace = Pace(cycles)
        self._voice = voice
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
        line = as_line(event)
        self.pace.hear(line)
        if line["event"] == "preflight" or (line["event"] == "teacher" and line.get("failed")):
            self._voice.say(sentence(line) or "")

    def progress(self, progress: Progress) -> None:
        """One sign of progress."""
        self.pace.see(progress)


class PlainView:
    """Lines as things happen: each event, and each node as it begins."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._at: tuple[int, str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def event(self, event: TraceEvent) -> None:
        """One event of the run."""
        text = sentence(as_line(event))
        if text is not None:
            self._voice.say(text)

    def progress(self, progress: Progress) -> None:
        """One sign of progress."""
        if (progress.cycle, progress.node) != self._at:
            self._at = (progress.cycle, progress.node)
            amount = f" (0 of {progress.total})" if progress.total else ""
            self._voice.say(f"cycle {progress.cycle}  {progress.node}{amount} ...")


def view_for(voice: Voice, cycles: int) -> LiveView | PlainView:
    """The live table where people watch, lines elsewhere."""
    return LiveView(voice, cycles) if voice.console.is_terminal and not voice.quiet else PlainView(voice)


def as_line(event: TraceEvent) -> Event:
    """The event as it stands in `events.jsonl` and on standard output."""
    cycle = {} if event.cycle is None else {"cycle": event.cycle}
    return {"event": event.event, "run": event.run, **cycle, **event.body}


def render(pace: Pace) -> RenderableType:
    """The table as it looks now, and under it the newest event, the time and the money."""
    table = plain_table("cycle", "at", "progress", "sealed accuracy", "time", right=("cycle", "time"))
    for cycle, (verdict, seconds) in sorted(pace.rows.items()):
        table.add_row(str(cycle), verdict, "", _sealed(pace.sealed(cycle)), duration(seconds))
    if max(pace.rows, default=-1) < pace.cycles:
        cells = (str(pace.now.cycle), pace.now.node, _bar(pace.now), _sealed(pace.sealed(pace.now.cycle)))
        table.add_row(*cells, duration(pace.in_cycle), style="bold")
    left = "" if pace.remaining is None else f", about {duration(pace.remaining)} left"
    foot = f"{duration(pace.elapsed)} elapsed{left}, {dollars(pace.usd)} spent"
    return Group(table, Text(pace.last, style="dim", overflow="ellipsis", no_wrap=True), Text(foot))


def _bar(now: Progress) -> RenderableType:
    if not now.total:
        return Text(now.note)
    bar = Table.grid(padding=(0, 1))
    bar.add_row(ProgressBar(total=now.total, completed=now.done, width=BAR), f"{now.done}/{now.total}")
    return bar


def _sealed(event: Event | None) -> str:
    return "" if event is None else f"{percent(event['accuracy'])} {interval(event['ci95'])}"
