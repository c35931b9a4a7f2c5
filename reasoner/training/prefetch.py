"""Blocks of a feed made ahead by other processes, so that whoever trains never waits for problems to be drawn.

A GPU learns from thousands of problems a second, one core draws and encodes one or two thousand. A block is a pure
function of its number, so the outcome is the same with any number of processes, or none.
"""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from reasoner.errors import TrainingFailed
from reasoner.training.feed import Feed, Item

MOST_BY_ITSELF = 12
"""Processes at most where nobody says how many."""

_feeds: list[Feed] = []
"""In a drawing process: the feed that it draws from."""


def drawing_processes(wanted: int | None, device: str) -> int:
    """What is set; else none beside a CPU, and beside a GPU all cores but one, `MOST_BY_ITSELF` at most."""
    if wanted is not None:
        return wanted
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(MOST_BY_ITSELF, cores - 1) if device.startswith("cuda") else 0


@contextmanager
def made_ahead(feed: Feed, *, processes: int) -> Iterator[Feed]:
    """The feed, drawn from by so many processes within the block; itself if there are none.

    Args:
        feed: can be sent to another process.
        processes: 0 or more.
    """
    if not processes:
        yield feed
        return
    # Forking a process that has a GPU open would break it.
    pool = ProcessPoolExecutor(
        processes, mp_context=multiprocessing.get_context("spawn"), initializer=_begin, initargs=(feed,)
    )
    try:
        yield Ahead(pool, processes)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class Ahead:
    """A feed of blocks that are asked for before they are needed."""

    def __init__(self, pool: ProcessPoolExecutor, ahead: int) -> None:
        self._pool, self._ahead = pool, ahead
        self._asked: dict[tuple[int, int], Future[list[Item]]] = {}

    def block(self, number: int, size: int) -> list[Item]:
        """The block, and those after it are asked for."""
        try:
            for key in ((n, size) for n in range(number, number + self._ahead + 1)):
                if key not in self._asked:
                    self._asked[key] = self._pool.submit(_draw, *key)
            return self._asked.pop((number, size)).result()
        except BrokenProcessPool as error:
            raise TrainingFailed(
                "a process that draws problems has ended; run the same command to go on, with compute.drawers=0 to "
                "draw them in the training process itself"
            ) from error


def _begin(feed: Feed) -> None:
    """Makes a process ready to draw; it ends when the one that trains is gone, however that ended."""
    import torch

    torch.set_num_threads(1)
    _feeds.append(feed)
    parent = multiprocessing.parent_process()
    assert parent is not None, "only a child process draws for another"
    threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()


def _draw(number: int, size: int) -> list[Item]:
    return _feeds[0].block(number, size)
