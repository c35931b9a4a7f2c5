"""Work for child processes."""

from typing import Any, Literal, get_args

from reasoner.types.record import Record

JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]
JobKind = Literal["base", "finetune", "merge", "verifier", "reencode", "evaluate", "synthesize", "loop"]
KINDS: tuple[str, ...] = get_args(JobKind)


class JobSpec(Record):
    """What to do. The key makes filing it twice the same as filing it once."""

    key: str
    """Unique per home, such as `<run id>/cycle-2/train`."""
    kind: JobKind
    payload: dict[str, Any]
    """Plain JSON that the handler of this kind understands."""
    priority: int = 0
    """Workers take the highest first."""
    minutes: float | None = None
    """Most time it may work, over all attempts."""
    memory_mb: int | None = None
    """Most memory its process may hold."""


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
    host: str = ""
    """Machine of the process that claimed it last."""
    deaths: int = 0
    """Processes in a row that died at it without a word and got no further than it had been."""
    heartbeat_at: str = ""
    """When that process was last known to live."""
    stop_asked: str = ""
    """Who asked for its cancellation, while it has not happened."""
    ended_at: str = ""
