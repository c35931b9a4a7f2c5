"""What a job's handler is given."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from memory.store.database import Database, open_database

DATABASE_VARIABLE = "JOB_DATABASE_URL"
"""Where a child finds the store's address: not on the command line, where passwords could be read."""


@dataclass(frozen=True)
class JobContext:
    """What a handler may use."""

    home: Path
    job_id: str
    folder: Path
    """`<home>/jobs/<job id>`, the handler's own."""
    report: Callable[[float, str], None]
    """Share done, 0 to 1, and a note for people; cheap enough for every update."""
    should_stop: Callable[[], bool]
    """Whether the job has been asked to stop."""


def database_of(context: JobContext) -> Database:
    """The store of a job's home, opened anew; the handler closes it."""
    return open_database(context.home, os.environ.get(DATABASE_VARIABLE))
