"""Requests under a run's limits: each is reserved in the ledger at its worst price before it goes out.

So no limit is passed however many are in flight. Who asks, a teacher's caller or a benchmark, books how each one ended.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from agents.teachers.patience import LONGEST_WAIT, Patience, Pause, sleep
from agents.teachers.provider import Ledger, SendError
from reasoner.config.settings import LimitSettings
from reasoner.errors import BudgetReached


class Interrupted(Exception):
    """The whole is being ended; this call stops where it stands."""


class Reservations:
    """Reserves and waits. Safe between threads.

    Args:
        model: model string that the ledger notes.
        ledger: books the requests.
        limits: the run's hard limits.
        patience: for retries.
        out_of_time: whether the run's minutes are used up; asked before every request. None where nobody counts them.
        say: told what people should hear while they wait.
        whom: who is asked, in words.
    """

    def __init__(
        self,
        model: str,
        ledger: Ledger[Any],
        *,
        limits: LimitSettings,
        patience: Patience,
        out_of_time: Callable[[], bool] | None = None,
        say: Callable[[str], None] = lambda _: None,
        whom: str = "teacher",
    ):
        self.model = model
        self.ledger = ledger
        self.limits = limits
        self.patience = patience
        longest = LONGEST_WAIT if limits.max_minutes is None else 60 * limits.max_minutes
        self.pause = Pause(longest, say, whom=whom)
        self.interrupted = threading.Event()
        self.answered = threading.Event()
        """Set once any request was answered: then the model can be used, and a later refusal is data."""
        self._whom = whom
        self._out_of_time = out_of_time
        self._open: list[float] = []
        """Worst prices of the requests in flight."""
        self._room = threading.Condition()

    def interrupt(self) -> None:
        """Ends all waiting."""
        self.interrupted.set()
        with self._room:
            self._room.notify_all()

    @contextmanager
    def reserved(self, key: str, problem_id: str, *, usd: float) -> Iterator[None]:
        """Books a request at its worst price; the body sends it and books how it ended.

        Where there is no room it waits for requests in flight, which mostly cost less than was reserved for them.

        Raises:
            BudgetReached: there is no time, or no room and nothing in flight that could leave any.
        """
        self.wait(lambda: self.pause.left)
        with self._room:
            while True:
                self._require_time()
                try:
                    if self._may_join(usd):
                        self.ledger.reserve(key, model=self.model, problem_id=problem_id, usd=usd, limits=self.limits)
                        break
                except BudgetReached:
                    if not self._open:
                        raise
                self._room.wait()
                if self.interrupted.is_set():
                    raise Interrupted
            self._open.append(usd)
        try:
            yield
        finally:
            with self._room:
                self._open.remove(usd)
                self._room.notify_all()

    def wait(self, seconds: Callable[[], float]) -> None:
        """Waits within the run's minutes.

        Args:
            seconds: how many are left.

        Raises:
            BudgetReached: the minutes are used up.
            Interrupted: everything ends.
        """
        if not sleep(seconds, interrupted=self.interrupted, watch=self._require_time):
            raise Interrupted

    def _may_join(self, usd: float) -> bool:
        """Whether one more may be in flight: together they may cost half of what is left, since a kill loses them."""
        if self.limits.max_usd is None or not self._open or usd == 0:
            return True
        in_flight = sum(self._open)
        left = self.limits.max_usd - self.ledger.spent().usd + in_flight
        return in_flight + usd <= left / 2

    def _require_time(self) -> None:
        if self._out_of_time is not None and self._out_of_time():
            minutes = "" if self.limits.max_minutes is None else f"={self.limits.max_minutes:g}"
            raise BudgetReached(
                f"limits.max_minutes{minutes} reached before the next {self._whom} call; "
                "raise the limit and run the same command to continue"
            )

    def delay(self, key: str, error: SendError, *, tries: int, garbled: int) -> float | None:
        """Seconds until the next try, None to give up: after all retries, a second useless answer, too long a wait."""
        if error.changed:
            return 0.0
        if not error.retry or garbled > 1 or (delay := self.patience.delay(key, tries=tries)) is None:
            return None
        if not self.pause.ask(error.retry_after):
            error.args = (f"{error}; it asks to wait {error.retry_after:.0f} s, which is too long for this run",)
            return None
        return delay
