"""Files jobs that nobody waits for: evaluations and problems for later."""

import hashlib
import json
from pathlib import Path
from typing import Any, get_args

from memory.store.jobs import JobStore
from reasoner.bootstrap.home import existing_home, open_home
from reasoner.bootstrap.judging import require_no_judge
from reasoner.config.settings import GENERATED, Settings
from reasoner.domains.powers import drawing
from reasoner.domains.registry import get_domain
from reasoner.errors import UsageError
from reasoner.types.job import Job, JobSpec
from reasoner.types.problem import Split


def file_evaluation(
    settings: Settings, *, home: Path, checkpoint: str | None, split: str, n: int | None, priority: int = 0
) -> Job:
    """A checkpoint (the home's champion by default) on the sealed set, or on the first cycle's practice or gate set.

    Raises:
        UsageError: there is no such set.
        NotFoundError: there is no such home or checkpoint.
    """
    if split not in get_args(Split):
        raise UsageError(f"--split {split!r}: expected one of {', '.join(get_args(Split))}")
    place = existing_home(home)
    require_no_judge(settings, instead="use `reasoner evaluate`")
    chosen = place.checkpoint(checkpoint)
    payload = {"settings": _relevant(settings), "checkpoint": chosen.id, "split": split, "n": n, "threads": 1}
    spec = JobSpec(
        key=f"evaluate/{chosen.id}/{split}-{_mark(payload)}", kind="evaluate", payload=payload, priority=priority
    )
    return JobStore(place.database()).file(spec)


def file_synthesis(settings: Settings, *, home: Path, count: int, priority: int = 0) -> Job:
    """Practice problems drawn into `<home>/synthetic/<...>.jsonl`.

    Raises:
        UsageError: the task draws no problems, or its rows are a file's.
    """
    domain = get_domain(settings.task.name)
    drawing(domain)
    if not settings.task.is_drawn:
        raise UsageError(f"task.rows={settings.task.rows}: these problems exist already; leave task.rows out")
    payload: dict[str, Any] = {"settings": _relevant(settings), "count": count, "threads": 1}
    mark = _mark(payload)
    out = f"synthetic/{domain.info.name}-{settings.seed}-{count}-{mark}.jsonl"
    spec = JobSpec(key=f"synthesize/{mark}", kind="synthesize", payload={**payload, "out": out}, priority=priority)
    return JobStore(open_home(home).database()).file(spec)


def _relevant(settings: Settings) -> dict[str, Any]:
    """What says which problems, and how they are attempted; no provider's key among it."""
    included: dict[str, Any] = dict.fromkeys(("seed", "task", "domains", "data"), True)
    kept = settings.model_dump(mode="json", include={**included, "student": {"mode": True}})
    # A relative path is of the folder in which the words were said, not of a worker's.
    rows = kept["task"]["rows"]
    kept["task"]["rows"] = rows if rows == GENERATED else str(Path(rows).absolute())
    return kept


def _mark(payload: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()[:12]
