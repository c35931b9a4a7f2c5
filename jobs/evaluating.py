"""Evaluates a checkpoint on one of the sets, for whoever reads the result later.

A stopped or killed evaluation goes on after the attempts that were kept.
"""

import time
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from jobs.context import JobContext
from jobs.interrupt import Interrupted
from reasoner.config.settings import Settings
from reasoner.data.sources import open_source
from reasoner.domains.registry import get_domain
from reasoner.evaluation.attempts import attempt_all
from reasoner.evaluation.reports import summarise
from reasoner.storage.json_files import damaged
from reasoner.storage.json_lines import numbered_lines
from reasoner.storage.writing import append_line, cut_torn_line
from reasoner.types.problem import Attempt, Problem
from reasoner.types.tried import attempts_of

REMOVE = "remove it: the job attempts its problems again"
PART = 128
"""Problems whose attempts are kept together."""


def evaluate_job(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """Handler of `evaluate` jobs: greedy attempts in the student's mode.

    Args:
        context: of the job.
        payload: `settings`, `checkpoint`, `split`, `n` (None for all), `threads`.

    Returns:
        The report, plain JSON; `attempts_file` lies below the home.

    Raises:
        Interrupted: the job was asked to stop; what was attempted stays.
    """
    from reasoner.students import load

    settings, split, began = Settings.model_validate(payload["settings"]), payload["split"], time.monotonic()
    student = load(context.home / "checkpoints" / payload["checkpoint"])
    domain, mode = get_domain(settings.task.name), settings.student.mode
    problems, path = _problems(settings, split)[: payload["n"]], context.folder / "attempts.jsonl"
    attempts = _kept(path)
    for start in range(len(attempts), len(problems), PART):
        tried = attempts_of(attempt_all(student, domain, problems[start : start + PART], mode))
        append_line(path, "\n".join(attempt.model_dump_json() for attempt in tried))
        attempts += tried
        context.report(len(attempts) / len(problems), f"{len(attempts)} of {len(problems)} attempted")
        if context.should_stop():
            raise Interrupted(f"{len(attempts)} problems were attempted; the job goes on from there")
    report = summarise(
        attempts,
        checkpoint=payload["checkpoint"],
        split=split,
        cycle=0,
        mode=mode,
        attempts_file=path.relative_to(context.home).as_posix(),
        seconds=round(time.monotonic() - began, 3),
    )
    return report.model_dump(mode="json")


def _kept(path: Path) -> list[Attempt]:
    """What was attempted before; a line torn by a death is attempted again."""
    if not path.exists():
        return []
    cut_torn_line(path)
    rows = numbered_lines(path, mend=REMOVE)
    try:
        return [Attempt.model_validate(row) for _, row in rows]
    except ValidationError as error:
        raise damaged(path, f"holds what is no attempt ({error.errors()[0]['msg']})", REMOVE) from error


def _problems(settings: Settings, split: str) -> list[Problem]:
    """The sealed set, or the first cycle's practice or gate set."""
    source = open_source(settings)
    return source.sealed() if split == "sealed" else getattr(source, split)(1)
