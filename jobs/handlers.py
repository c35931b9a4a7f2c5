"""Which function does which kind of job.

A handler gets its context and the payload of the job, and returns plain JSON. It may run several times for one job:
after a crash or an interruption it finds its folder as it left it. Asked to stop, it saves and raises `Interrupted` (or
the `KeyboardInterrupt` that floors below know).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


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


Handler = Callable[[JobContext, dict[str, Any]], dict[str, Any]]


def _base(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    from reasoner.training.work import train_base

    return train_base(
        payload,
        home=context.home,
        folder=context.folder,
        report=context.report,
        should_stop=context.should_stop,
    )


def _finetune(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    from reasoner.training.work import train_candidate

    return train_candidate(
        payload,
        home=context.home,
        folder=context.folder,
        report=context.report,
        should_stop=context.should_stop,
    )


HANDLERS: dict[str, Handler] = {"base": _base, "finetune": _finetune}
