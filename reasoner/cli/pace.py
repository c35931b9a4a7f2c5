"""What is known of a loop at work: where it stands, what it costs, how long it may still take."""

import time
from collections.abc import Callable

from agents.reporting.event_text import Event, sentence
from reasoner.types.loop import Progress

START = "start"
CYCLE_SHARE = 0.6
"""Length of a cycle by that of cycle 0 until one is over: it was .35 to .8 with nano, .6 to 1 with tiny."""


class Pace:
    """What is known so far.

    The remaining time is that of finished cycles times those to come. Before the first has ended a cycle is taken for
    `CYCLE_SHARE` of cycle 0, whose own length follows from how far its training is.
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
        self._started = self._cycle_started = self._node_started = self._seen = clock()
        self._node_done = 0
        self._trained = False
        """Whether cycle 0 has trained its student, so that its length tells something."""

    def hear(self, event: Event) -> None:
        """Takes in one event."""
        self.last = (sentence(event) or self.last).partition("\n")[0]
        cycle = event.get("cycle")
        if event["event"] in ("teacher", "judge"):
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
        self._seen = self._clock()
        if (progress.cycle, progress.node) != (self.now.cycle, self.now.node):
            self._node_started, self._node_done = self._seen, progress.done
        self._trained = self._trained or (progress.cycle == 0 and progress.done > self._node_done)
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
        """Seconds to the end of the last cycle, as far as can be told; outside of a loop, to the end of the work."""
        at = max(self.now.cycle, max(self.rows, default=-1) + 1)
        if at > self.cycles:
            return None
        if at == 0:
            left = self._left_of_node
            return None if left is None else left + self.cycles * CYCLE_SHARE * (self.in_cycle + left)
        each = self._each
        if each is None:
            return None
        return max(each - self.in_cycle, self._left_of_node or 0.0) + (self.cycles - at) * each

    @property
    def _each(self) -> float | None:
        """Seconds a cycle takes; None before anything that tells has been timed."""
        spans = [seconds for cycle, (_, seconds) in self.rows.items() if cycle > 0]
        if spans:
            return sum(spans) / len(spans)
        return CYCLE_SHARE * self.rows[0][1] if self._trained and 0 in self.rows else None

    @property
    def _left_of_node(self) -> float | None:
        """Seconds to the end of the node at work, by its own rate so far."""
        done, seconds = self.now.done - self._node_done, self._seen - self._node_started
        if done <= 0 or seconds <= 0:
            return None
        return max(0.0, (self.now.total - self.now.done) * seconds / done - (self._clock() - self._seen))

    def _finish(self, cycle: int, verdict: str) -> None:
        if cycle not in self.rows:
            self.rows[cycle] = (verdict, self.in_cycle)
            self._cycle_started = self._clock()
