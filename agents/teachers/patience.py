"""How often and how long a failed request is tried again, and how long all calls wait when the server asks for it."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

LONGEST_DELAY = 30.0
"""Seconds between two tries where the server names no time."""

LONGEST_WAIT = 3600.0
"""Seconds that a server may ask us to wait in all, where no `max_minutes` says how long a run may take."""

_SLICE = 0.5
"""Seconds after which a wait looks at the clock of the run again."""


@dataclass(frozen=True)
class Patience:
    """Exponential back-off with jitter, the same for the same seed."""

    retries: int
    """Tries after the first one, for each request."""
    first_delay: float
    """Seconds before the first retry; doubled each time, then shortened or lengthened by up to a half."""
    seed: int

    def delay(self, key: str, *, tries: int) -> float | None:
        """Seconds to wait before the next try, or None to give up.

        Args:
            key: the call's id; different calls spread out.
            tries: how often the request was sent, 1 or more.
        """
        if tries > self.retries:
            return None
        jitter = Random(f"{self.seed}|{key}|{tries}").uniform(0.5, 1.5)
        return min(self.first_delay * 2 ** (tries - 1), LONGEST_DELAY) * jitter


class Pause:
    """The wait that a server asks for: no call is sent before it is over. Safe between threads.

    Args:
        longest: seconds that all such waits may take together.
        say: told once for each wait.
        whom: whose server it is, in words.
    """

    def __init__(self, longest: float, say: Callable[[str], None], *, whom: str = "teacher") -> None:
        self._longest, self._say, self._whom = longest, say, whom
        self._until = 0.0
        self._waited = 0.0
        self._lock = threading.Lock()

    def ask(self, seconds: float) -> bool:
        """Holds all calls for so long; False, and nothing is held, where that is too long."""
        if seconds <= 0:
            return True
        with self._lock:
            now = time.monotonic()
            more = now + seconds - max(self._until, now)
            if self._waited + more > self._longest:
                return False
            if more > 0:
                self._waited += more
                self._until = now + seconds
                if more >= 1:
                    self._say(
                        f"the {self._whom}'s server asks to wait {math.ceil(seconds)} s; nothing is sent before that"
                    )
        return True

    @property
    def left(self) -> float:
        """Seconds until calls may be sent again."""
        return max(0.0, self._until - time.monotonic())


def sleep(seconds: Callable[[], float], *, interrupted: threading.Event, watch: Callable[[], None]) -> bool:
    """Waits while there are seconds left; False as soon as it was interrupted.

    Args:
        seconds: how many are left.
        interrupted: ends the wait.
        watch: called every now and then; what it raises ends the wait too.
    """
    while (left := seconds()) > 0:
        watch()
        if interrupted.wait(min(left, _SLICE)):
            return False
    return not interrupted.is_set()
