"""Stopping politely: a signal raises a flag, the work saves its state at the next safe point and says so."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Interrupted(KeyboardInterrupt):
    """The work was asked to stop and has saved its state. Nothing failed; the same command goes on."""


@contextmanager
def stop_on(*signals: signal.Signals) -> Iterator[Callable[[], bool]]:
    """While the block runs these signals only raise a flag; yields the question whether it is raised.

    Only in the main thread, as everything about signals.
    """
    flag = threading.Event()
    former = {number: signal.signal(number, lambda *_: flag.set()) for number in signals}
    try:
        yield flag.is_set
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
