"""Which function does which kind of job.

A handler gets its context and the payload of the job, and returns plain JSON. It may run several times for one job:
after a crash or an interruption it finds its folder as it left it. Asked to stop, it saves and raises `Interrupted` (or
the `KeyboardInterrupt` that floors below know).
"""

from collections.abc import Callable
from typing import Any

from jobs.context import JobContext

Handler = Callable[[JobContext, dict[str, Any]], dict[str, Any]]


def _base(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    from reasoner.training.work import train_base

    return _alone_or_together("base", train_base, context, payload)


def _finetune(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    from reasoner.training.work import train_candidate

    return _alone_or_together("finetune", train_candidate, context, payload)


def _alone_or_together(
    kind: str, work: Callable[..., dict[str, Any]], context: JobContext, payload: dict[str, Any]
) -> dict[str, Any]:
    """Trains here, or has as many processes train as the payload asks for."""
    if payload.get("processes", 1) > 1:
        from jobs.team import work_together

        return work_together(kind, context, payload)
    told = {"home": context.home, "folder": context.folder, "report": context.report}
    return work(payload, **told, should_stop=context.should_stop)


HANDLERS: dict[str, Handler] = {"base": _base, "finetune": _finetune}
