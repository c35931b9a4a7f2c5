"""Many calls at once, in threads, with an orderly end.

When a limit is reached no call starts any more and those in flight finish; what they earned is in the ledger, so that
the same requests, asked again with a higher limit, send only what is missing. An interruption also ends waiting.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

from agents.teachers.asks import C, R
from agents.teachers.calling import Caller
from agents.teachers.reserving import Interrupted
from reasoner.errors import BudgetReached
from reasoner.types.teaching import Call

OnProgress = Callable[[int, int], None]
"""Told `done, total` after every finished call."""


class TeachingStopped(BudgetReached):
    """A limit was reached on the way. `calls` are those that were finished, in the order of their requests."""

    def __init__(self, message: str, calls: Sequence[Call]):
        super().__init__(message)
        self.calls = tuple(calls)


def ask_all(
    caller: Caller[R, C], requests: Sequence[R], *, concurrency: int, on_progress: OnProgress | None
) -> list[C]:
    """The calls in the order of the requests; equal requests are asked once.

    Raises:
        TeachingStopped: a limit forbids the rest.
        TeacherError: the teacher cannot be used at all.
    """
    keys = [caller.key(request) for request in requests]
    unique = dict(zip(keys, requests, strict=True))
    closed = threading.Event()
    done: dict[str, C] = {}
    with ThreadPoolExecutor(concurrency, thread_name_prefix="teacher") as pool:
        futures = {pool.submit(_ask, caller, request, closed): key for key, request in unique.items()}
        limit = _gather(futures, done, caller=caller, closed=closed, on_progress=on_progress)
    calls = [
        done[k].model_copy(update={"problem_id": caller.asks.about(r)})
        for k, r in zip(keys, requests, strict=True)
        if k in done
    ]
    if limit is not None:
        raise TeachingStopped(f"{limit} ({len(done)} of {len(unique)} calls are done and kept)", calls) from limit
    return calls


def _ask(caller: Caller[R, C], request: R, closed: threading.Event) -> C | None:
    """One call, or None where none may start any more."""
    if closed.is_set():
        return None
    try:
        return caller.call(request)
    except Interrupted:
        return None
    except Exception:
        closed.set()
        raise


def _gather(
    futures: dict[Future[C | None], str],
    done: dict[str, C],
    *,
    caller: Caller[R, C],
    closed: threading.Event,
    on_progress: OnProgress | None,
) -> BudgetReached | None:
    """Fills `done` as calls finish; gives back the limit that was met. Anything else that is raised ends all calls."""
    limit: BudgetReached | None = None
    try:
        for future in as_completed(futures):
            try:
                call = future.result()
                if call is not None:
                    done[futures[future]] = call
                    if on_progress is not None:
                        on_progress(len(done), len(futures))
            except BudgetReached as error:
                closed.set()
                limit = limit or error
    except BaseException:
        closed.set()
        caller.interrupt()
        raise
    return limit
