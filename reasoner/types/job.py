"""Work for child processes."""

from typing import Any, Literal

from reasoner.types.record import Record

JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]


class JobSpec(Record):
    """What to do. The key makes filing it twice the same as filing it once."""

    key: str
    """Unique per home, such as `<run id>/cycle-2/train`."""
    kind: Literal["base", "finetune", "verifier", "reencode", "loop"]
    payload: dict[str, Any]
    """Plain JSON that the handler of this kind understands."""


class Job(Record):
    """A filed job and what became of it."""

    id: str
    spec: JobSpec
    state: JobState
    attempts: int
    progress: float
    """Share done, 0 to 1."""
    result: dict[str, Any]
    error: str
    seconds: float
    """Wall time over all attempts."""
