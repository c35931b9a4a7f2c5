"""The two kinds of training work, as plain JSON in and out: a base from scratch, a candidate from a base.

Both write `checkpoints/<id>/` below the home and keep their resumable state in the job's folder.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from reasoner.config.settings import Settings
from reasoner.data.sources import ProblemSource, open_source
from reasoner.domains.registry import get_domain
from reasoner.errors import TrainingFailed
from reasoner.models.checkpoints import load_student, save_student
from reasoner.models.layers import ready_for
from reasoner.models.student import Student, new_student
from reasoner.storage.json_lines import read_lines
from reasoner.storage.tensor_files import fitting
from reasoner.training.adapters import keep_factors
from reasoner.training.fast_weights import FastWeights, Settled
from reasoner.training.feed import (
    Batches,
    CurriculumFeed,
    Feed,
    FreshFeed,
    MixedFeed,
    SharedFeed,
    Worked,
    derive,
    encode,
)
from reasoner.training.precision import Precision, precision_of, require_device
from reasoner.training.prefetch import drawing_processes, made_ahead
from reasoner.training.recipe import Recipe
from reasoner.training.team import ALONE, Team
from reasoner.training.trainer import Trained, train
from reasoner.types.job import JobSpec
from reasoner.types.problem import Problem

VOCABULARY_SAMPLE = 4000
"""Questions that the base's vocabulary is learnt from."""

FINE_ONLY = {
    "parent", "finetune_stage", "finetune_updates", "finetune_epochs", "finetune_share", "original_share",
    "adapter_rank", "kl_budget", "merge_after",
}  # fmt: skip
"""Settings of `train` that a base knows nothing of."""


@dataclass(frozen=True)
class Workplace:
    """Where a training job works and who watches it."""

    home: Path
    folder: Path
    """The job's own, for its resumable state."""
    report: Callable[[float, str], None]
    """Share done, 0 to 1, and a note."""
    should_stop: Callable[[], bool]
    team: Team = ALONE


def base_spec(settings: Settings, *, threads: int) -> JobSpec:
    """The job that trains a base. Its key, which also names the checkpoint, stands for all that decides the outcome."""
    domain = get_domain(settings.task.name)
    drawn = {"domain": f"{domain.info.name} {domain.info.version}"}
    payload = {"settings": _relevant(settings, fine=False), "threads": threads, **drawn, **_machine(settings)}
    content = json.dumps(payload, sort_keys=True).encode()
    name = f"base-{hashlib.sha256(content).hexdigest()[:12]}"
    return JobSpec(key=name, kind="base", payload={**payload, "checkpoint": name, **_drawers(settings)})


def candidate_payload(
    settings: Settings, *, cycle: int, parent: str, checkpoint: str, rows: str, examples: int, threads: int
) -> dict[str, Any]:
    """What `train_candidate` needs to know.

    Args:
        settings: of the run.
        cycle: whose candidate it is; another cycle draws other original problems.
        parent: checkpoint id to start from.
        checkpoint: id of the candidate.
        rows: training rows, a path below the home.
        examples: number of rows; few rows are passed over `train.finetune_epochs` times at most.
        threads: of the child.
    """
    per_update = settings.train.batch_size * (1 - settings.train.original_share)
    updates = min(
        settings.train.finetune_updates, max(1, round(settings.train.finetune_epochs * examples / per_update))
    )
    return {
        "settings": _relevant(settings, fine=True),
        **_machine(settings),
        **_drawers(settings),
        "cycle": cycle,
        "parent": parent,
        "checkpoint": checkpoint,
        "rows": rows,
        "updates": updates,
        "threads": threads,
    }


def train_base(payload: dict[str, Any], place: Workplace) -> dict[str, Any]:
    """Trains a student from scratch on the base difficulties."""
    settings = Settings.model_validate(payload["settings"])
    source = open_source(settings)
    sample = [*source.base_problems(VOCABULARY_SAMPLE, derive(settings.seed, "vocabulary")), *source.practice(1)]
    student = new_student(
        settings.student,
        [p.question for p in sample],
        seed=derive(settings.seed, "weights"),
        steps=(step for p in sample for step in p.steps),
        cache=place.home / "cache" / "backbone",
    )
    recipe = _recipe(settings, payload, updates=settings.train.base_updates)
    feed = _curriculum(student, settings, source, team=place.team)
    trained = _train(student, feed, recipe, payload, place)
    return _keep(student, trained, payload, place, parent="", examples=0)


def train_candidate(payload: dict[str, Any], place: Workplace) -> dict[str, Any]:
    """Fine-tunes a candidate from its parent on the rows of a cycle and a share of original problems."""
    settings, parent = Settings.model_validate(payload["settings"]), payload["parent"]
    source, checkpoints = open_source(settings), place.home / "checkpoints"
    fast = FastWeights(settings, checkpoints, parent, source, payload["cycle"]) if settings.train.adapter_rank else None
    student = fast.student if fast else load_student(checkpoints / parent)
    items = encode(student.tokenizers, read_rows(place.home / payload["rows"]))
    if not items:
        raise TrainingFailed(f"no row of {payload['rows']!r} can be learnt by this student; see train.* and student.*")
    recipe = _recipe(settings, payload, updates=payload["updates"], cycle=payload["cycle"])
    share = settings.train.original_share
    original = _fresh(student, source, seed=recipe.seed)
    feed = MixedFeed(items, original, original_share=share, seed=recipe.seed)
    trained = _train(student, feed, recipe, payload, place)
    settled = fast.settle() if fast else None
    return _keep(student, trained, payload, place, parent=parent, examples=len(items), settled=settled)


KINDS = {"base": train_base, "finetune": train_candidate}
"""What does which kind of training job."""


RESTORE = "restore the run's folder from a copy, or start another run with --fresh"


def read_rows(path: Path) -> list[Worked]:
    """Training rows as `reasoner.data.rows` writes them."""
    rows = read_lines(path, mend=RESTORE, key="completion")
    with fitting(path, mend=RESTORE):
        return [Worked(row["prompt"], _steps(row), tuple(row.get("wrong", ()))) for row in rows]


def _steps(row: dict[str, Any]) -> tuple[str, ...]:
    """A row's steps; one that an older program wrote has them in the lines of its completion alone."""
    steps = row.get("steps")
    return tuple(s for s in row["completion"].split("\n") if s and s[0] != "#") if steps is None else tuple(steps)


def _relevant(settings: Settings, *, fine: bool) -> dict[str, Any]:
    """Only what can change a weight, so that a job's key stands for its outcome."""
    left_out: dict[str, Any] = {
        "data": {"gate_size", "sealed_size"},
        "student": {"start", "mode", "kind", "model"},
        "train": set() if fine else FINE_ONLY,
        "loss": set(),
        "task": set(),
        "domains": set(),
    }
    kept = settings.model_dump(mode="json", include={"seed", *left_out})
    return {k: {n: x for n, x in v.items() if n not in left_out[k]} if k in left_out else v for k, v in kept.items()}


def _machine(settings: Settings) -> dict[str, Any]:
    """What of the machine can change a weight; what is usual goes unsaid, so that keys stay what they were."""
    device, compute = settings.compute.device, settings.compute
    require_device(device)
    precision = precision_of(compute)
    # On a GPU each process has one of its own; on a CPU more of them than cores are slow, but the same everywhere.
    places = torch.cuda.device_count() if device == "cuda" else 1
    processes = min(compute.processes or places, places) if device.startswith("cuda") else compute.processes or 1
    unusual: dict[str, Any] = {"precision": precision} if precision != "float32" else {}
    if compute.compile and device.startswith("cuda"):
        unusual["compiled"] = True
    return {"device": device, **unusual, **({"processes": processes} if processes > 1 else {})}


def _drawers(settings: Settings) -> dict[str, int]:
    """How many processes draw problems, where it is set; it changes no weight."""
    return {} if settings.compute.drawers is None else {"drawers": settings.compute.drawers}


def threads_in_all(payload: dict[str, Any]) -> int:
    """Threads that all processes of a training job compute with."""
    return max(payload["threads"], payload.get("processes", 1))


def recipe_of(
    settings: Settings, *, threads: int, updates: int, cycle: int | None = None, precision: Precision = "float32"
) -> Recipe:
    """The recipe of a base, or of a cycle's candidate: one stage, other rates, other draws."""
    train_settings, fine = settings.train, cycle is not None
    share = train_settings.finetune_share if fine else 1.0
    alone = {train_settings.finetune_stage: updates}
    return Recipe(
        updates=updates,
        decoder_updates=alone.get("decoder", 0) if fine else train_settings.decoder_updates,
        predictor_updates=alone.get("predictor", 0) if fine else train_settings.predictor_updates,
        warmup=max(1, min(40, updates // 5)),
        batch_size=train_settings.batch_size,
        adam_rate=train_settings.learning_rate * share,
        muon_rate=train_settings.muon_rate * share,
        seed=derive(settings.seed, "candidate", cycle) if fine else derive(settings.seed, "base"),
        threads=threads,
        checkpoint_every=train_settings.checkpoint_every,
        min_round_trip=train_settings.min_round_trip,
        accumulate=train_settings.accumulate,
        precision=precision,
        loss=settings.loss.model_copy(update={"own_latents_from": 0.0}) if fine else settings.loss,
    )


def _fresh(student: Student, source: ProblemSource, *, seed: int) -> Feed:
    """Base problems that no other training run of the same run has seen, but for chance."""
    return FreshFeed(student.tokenizers, partial(_base_problems, source), seed=seed)


def _base_problems(source: ProblemSource, n: int, seed: int) -> list[Problem]:
    return list(source.base_problems(n, seed))


def _curriculum(student: Student, settings: Settings, source: ProblemSource, *, team: Team) -> Feed:
    """Base problems, the easiest ones first if a curriculum is set; the blocks of all in the team are counted."""
    full = _fresh(student, source, seed=derive(settings.seed, "base"))
    if not settings.train.curriculum_updates:
        return full
    easy_data = settings.data.model_copy(update={"base_difficulties": (min(settings.data.base_difficulties),)})
    easy_source = open_source(settings.model_copy(update={"data": easy_data}))
    easy = _fresh(student, easy_source, seed=derive(settings.seed, "easy"))
    easy_batches = settings.train.curriculum_updates * settings.train.accumulate
    return CurriculumFeed(easy, full, easy_batches=easy_batches * team.size)


def _recipe(settings: Settings, payload: dict[str, Any], *, updates: int, cycle: int | None = None) -> Recipe:
    precision: Precision = payload.get("precision", "float32")
    return recipe_of(settings, threads=payload["threads"], updates=updates, cycle=cycle, precision=precision)


def _train(student: Student, feed: Feed, recipe: Recipe, payload: dict[str, Any], place: Workplace) -> Trained:
    device = place.team.device_of(payload["device"])
    ready_for(student.net, device, compiled=payload.get("compiled", False))
    drawers = drawing_processes(payload.get("drawers"), device)
    try:
        with made_ahead(SharedFeed(feed, place.team), processes=drawers) as made:
            return train(
                student,
                Batches(made, batch_size=-(-recipe.batch_size // place.team.size), seed=recipe.seed, device=device),
                recipe=recipe,
                folder=place.folder,
                report=place.report,
                should_stop=place.should_stop,
                checkpoint_minutes=payload["settings"]["train"]["checkpoint_minutes"],
                team=place.team,
            )
    finally:
        student.lent.flush()


def _keep(
    student: Student,
    trained: Trained,
    payload: dict[str, Any],
    place: Workplace,
    *,
    parent: str,
    examples: int,
    settled: Settled | None = None,
) -> dict[str, Any]:
    """The result of the job, once the leader has written the checkpoint."""
    if not place.team.leads:
        return {}
    about = {
        "task": payload["settings"]["task"]["name"],
        "parent": parent,
        "updates": trained.updates,
        "examples": examples,
        "train_seconds": round(trained.seconds, 3),
        "health": trained.health.to_dict(),
        **(settled.about if settled else {}),
    }
    folder = place.home / "checkpoints" / payload["checkpoint"]
    keep = partial(keep_factors, settled.factors) if settled else lambda _: None
    mark = save_student(student, folder, about=about, also=keep)
    return {"checkpoint": payload["checkpoint"], "fingerprint": mark, **about}
