"""Workers with everything that a job may need, whichever floor it comes from."""

import signal
from collections.abc import Callable, Collection
from pathlib import Path

from reasoner.bootstrap.home import existing_home
from reasoner.types.job import Job

HANDLERS: dict[str, str] = {"loop": "reasoner.bootstrap.night:run_night"}
"""`module:function` for kinds of jobs whose work belongs above `jobs`."""


def work_jobs(
    home: Path,
    *,
    only: Collection[str] = (),
    until_empty: bool = False,
    most: int | None = None,
    tell: Callable[[Job], None] = lambda _job: None,
) -> int:
    """Works on the jobs of a home until nothing waits, `most` are done, or a signal asks it to stop.

    Args:
        home: its folder.
        only: kinds to take; empty for all.
        until_empty: ends when nothing waits; otherwise it waits for more.
        most: ends after so many.
        tell: told each job as it is taken, and as it stands when it is left.

    Raises:
        NotFoundError: there is no such home.
    """
    from jobs.interrupt import stop_on
    from jobs.worker import work

    place = existing_home(home)
    with stop_on(signal.SIGTERM, signal.SIGINT) as stop:
        return work(
            place.database(),
            place.root,
            handlers=HANDLERS,
            only=only,
            until_empty=until_empty,
            most=most,
            stop=stop,
            tell=tell,
        )
