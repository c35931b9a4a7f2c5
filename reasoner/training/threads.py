"""With how many threads to compute: as many as this process may use, whatever else runs beside it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

MOST = 8
"""More threads than this only wait for one another in students of the sizes trained on CPUs."""

CGROUP_LIMIT = Path("/sys/fs/cgroup/cpu.max")
"""Of a container (cgroup v2): microseconds of processor time in a period, or `max`, and the period."""


def usable_threads() -> int:
    """`OMP_NUM_THREADS` where it is set; else the cores this process may use, up to `MOST`.

    A count and not a trial: threads decide the order of sums, and the same seed shall give the same bits on a busy
    machine as on a quiet one.
    """
    stated = os.environ.get("OMP_NUM_THREADS", "")
    if stated.isdecimal() and int(stated):
        return int(stated)
    return max(1, min(MOST, _cores(), _granted()))


@cache
def process_threads() -> int:
    """With how many threads torch computed when this was asked first.

    A thread of Python that is new while another is within `computing_with` would find that one's number, and sums would
    be in the order that a moment decides.
    """
    import torch

    return torch.get_num_threads()


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


@contextmanager
def training_with(threads: int) -> Iterator[None]:
    """As `computing_with`, and numbers too small for full precision are zero within.

    They are slow and mean nothing to training: an update takes a seventh less without them. Outside they must stay:
    other code of the process may count on them.
    """
    import torch

    with computing_with(threads):
        torch.set_flush_denormal(True)
        try:
            yield
        finally:
            torch.set_flush_denormal(False)


def _cores() -> int:
    """Cores that this process may run on; two logical cores of one physical core count once."""
    import torch

    logical = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    known = torch.cpu.get_capabilities()
    share = known.get("num_physical_cores", 1) / (known.get("num_logical_cores") or 1)
    return max(1, round(logical * min(1.0, share or 1.0)))


def _granted() -> int:
    """Cores' worth of time that a container is granted; `MOST` where there is no limit."""
    try:
        quota, period = CGROUP_LIMIT.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return MOST
    return MOST if quota == "max" else max(1, int(quota) // int(period))
