"""What a job's handler is given."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


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
