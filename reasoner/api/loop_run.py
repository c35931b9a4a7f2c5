"""A run at work in a thread of this process: followed event by event, waited for, stopped."""

import asyncio
import atexit
from collections.abc import Generator, Iterator
from pathlib import Path
from threading import Condition, Event, Thread
from typing import Any

from reasoner.bootstrap.failures import in_words
from reasoner.bootstrap.home import Home
from reasoner.bootstrap.run_lists import run_report
from reasoner.config.settings import Settings
from reasoner.errors import Stopped
from reasoner.types.loop import LoopOutcome, Progress
from reasoner.types.trace import RunEvent, TraceEvent


class LoopRun:
    """What `Reasoner.loop` gives back.

    for event in run    its events from this start on, each as it is told; ends with the run
    run.wait()          its outcome; `await run` in a coroutine
    run.stop()          it saves its state and ends; the same `loop` goes on

    Where it ended badly, the first two raise its error. A program that ends without waiting breaks its run off; the
    same `loop` goes on with what was saved.
    """

    def __init__(self, home: Path, settings: Settings, run: str, *, cycles: int) -> None:
        self.id = run
        self.progress: Progress | None = None
        """How far the node at work is; None before the first word of it."""
        self._home, self._settings, self._cycles = home, settings, cycles
        self._changed, self._stopping = Condition(), Event()
        self._events: list[RunEvent] = []
        self._heard: list[str] = []
        self._outcome: LoopOutcome | None = None
        self._error: BaseException | None = None
        atexit.register(self._end)
        self._thread = Thread(target=self._work, name=f"run {run}", daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return f"LoopRun({self.id!r}, {'ended' if self.done else 'at work'})"

    def __iter__(self) -> Iterator[RunEvent]:
        """Its events, from this start's first on."""
        place, ended = 0, False
        while not ended:
            news, ended = self._news(place)
            yield from news
            place += len(news)
        self._require_success()

    def __await__(self) -> Generator[Any, None, LoopOutcome]:
        return asyncio.to_thread(self.wait).__await__()

    @property
    def done(self) -> bool:
        """Whether it has ended, well or badly."""
        return self._outcome is not None or self._error is not None

    def wait(self, timeout: float | None = None) -> LoopOutcome:
        """Waits for its end.

        Args:
            timeout: seconds; None for ever.

        Raises:
            TimeoutError: it is still at work.
            Stopped: `stop` was asked; its state is saved.
            ReasonerError: it ended badly.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self.done, timeout):
                raise TimeoutError(f"run {self.id} is still at work after {timeout:g} seconds")
        self._require_success()
        assert self._outcome is not None, "a run that ended well has its outcome"
        return self._outcome

    def stop(self) -> None:
        """Asks it to save its state and end, at its next sign of progress. Does not wait: `wait` does."""
        self._stopping.set()

    @in_words()
    def report(self) -> str:
        """Its report as it stands, Markdown.

        Raises:
            NotFoundError: it has none yet.
        """
        place = Home(self._home)
        try:
            return run_report(place, self.id)
        finally:
            place.close()

    def _news(self, place: int) -> tuple[list[RunEvent], bool]:
        """Waits for events after so many; they, and whether they are the last."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._events) > place or self.done)
            return self._events[place:], self.done

    def _work(self) -> None:
        from reasoner.bootstrap.loop import work_on
        from reasoner.bootstrap.run_events import repeated, told

        place = Home(self._home)
        outcome: LoopOutcome | None = None
        error: BaseException | None = None
        try:
            with in_words():
                outcome = work_on(
                    place, self._settings, self.id, cycles=self._cycles, listener=self._listen, progress=self._see
                )
                if (again := repeated(outcome, self._heard)) is not None:
                    self._tell(told(again))
        except KeyboardInterrupt:
            error = Stopped(f"run {self.id} was stopped; its state is saved; the same again goes on")
        except BaseException as raised:
            error = raised
        finally:
            place.close()
            atexit.unregister(self._end)
            with self._changed:
                self._outcome, self._error = (outcome, None) if error is None else (None, error)
                self._changed.notify_all()

    def _listen(self, event: TraceEvent) -> None:
        from reasoner.bootstrap.run_events import told

        self._heard.append("await" if event.body.get("verdict") == "await" else event.event)
        self._tell(told(event))

    def _see(self, progress: Progress) -> None:
        from jobs.interrupt import Interrupted

        self.progress = progress
        if self._stopping.is_set():
            raise Interrupted

    def _tell(self, event: RunEvent) -> None:
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()

    def _require_success(self) -> None:
        if self._error is not None:
            raise self._error

    def _end(self) -> None:
        """A program that ends takes its threads with it: the run saves its state before."""
        self.stop()
        self._thread.join()
