"""How many threads to compute with, by trial: on shared cores two can be far slower than one."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

TRIAL_SECONDS = 0.05


def choose_threads() -> int:
    """The fastest of 1, 2, 4 ... up to the cores this process may use, each tried for `TRIAL_SECONDS`."""
    import torch

    before = torch.get_num_threads()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    candidates = [n for n in (1, 2, 4, 8, 16, 32) if n <= cores]
    try:
        rates = {n: _rate(n) for n in candidates}
    finally:
        torch.set_num_threads(before)
    return max(rates, key=lambda n: rates[n])


@contextmanager
def computing_with(threads: int) -> Iterator[None]:
    """Torch computes with so many threads within, and as before afterwards."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _rate(threads: int) -> float:
    """Products of nano size per second."""
    import torch

    torch.set_num_threads(threads)
    states, weights = torch.randn(3000, 96), torch.randn(96, 384)
    torch.relu(states @ weights)
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < TRIAL_SECONDS:
        torch.relu(states @ weights)
        done += 1
    return done / (time.perf_counter() - began)
