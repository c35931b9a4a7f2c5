"""Which function does which kind of job.

A handler gets its context and the payload of the job, and returns plain JSON. It may run several times for one job:
after a crash or an interruption it finds its folder as it left it. Asked to stop, it saves and raises `Interrupted` (or
the `KeyboardInterrupt` that floors below know).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from jobs.context import JobContext

Handler = Callable[[JobContext, dict[str, Any]], dict[str, Any]]


def _training(kind: str, context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """Trains here, or has as many processes train as the payload asks for."""
    if payload.get("processes", 1) > 1:
        from jobs.team import work_together

        return work_together(kind, context, payload)
    from reasoner.students import train

    return train(kind, payload, _workplace(context))


def _verifier(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    from reasoner.training.verifier_work import train_verifier_job

    return train_verifier_job(payload, _workplace(context))


def _merge(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    from reasoner.training.merging import merge_additions

    return merge_additions(payload, _workplace(context))


def _reencode(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    from jobs.reencode import reencode_job

    return reencode_job(context, payload)


def _evaluate(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    from jobs.evaluating import evaluate_job

    return evaluate_job(context, payload)


def _synthesize(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    from jobs.synthesizing import synthesize_job

    return synthesize_job(context, payload)


def _workplace(context: JobContext) -> Any:
    from reasoner.training.work import Workplace

    return Workplace(context.home, context.folder, context.report, context.should_stop)


HANDLERS: dict[str, Handler] = {kind: partial(_training, kind) for kind in ("base", "finetune")} | {
    "merge": _merge,
    "verifier": _verifier,
    "reencode": _reencode,
    "evaluate": _evaluate,
    "synthesize": _synthesize,
}
