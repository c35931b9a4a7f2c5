"""How often and how long a failed request is tried again."""

from dataclasses import dataclass
from random import Random

LONGEST_DELAY = 30.0
"""Seconds between two tries where the server names no time."""

LONGEST_WAIT = 120.0
"""Seconds that a server may ask us to wait; a longer wait is a failure."""


@dataclass(frozen=True)
class Patience:
    """Exponential back-off with jitter, the same for the same seed."""

    retries: int
    """Tries after the first one, for each request."""
    first_delay: float
    """Seconds before the first retry; doubled each time, then shortened or lengthened by up to a half."""
    seed: int

    def delay(self, key: str, *, tries: int, retry_after: float) -> float | None:
        """Seconds to wait before the next try, or None to give up.

        Args:
            key: the call's id; different calls spread out.
            tries: how often the request was sent, 1 or more.
            retry_after: seconds that the server asks for; 0 for none.
        """
        if tries > self.retries or retry_after > LONGEST_WAIT:
            return None
        jitter = Random(f"{self.seed}|{key}|{tries}").uniform(0.5, 1.5)
        return max(retry_after, min(self.first_delay * 2 ** (tries - 1), LONGEST_DELAY) * jitter)
