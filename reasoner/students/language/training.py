"""Training work of language students: a base, which may be the model as it is, and candidates from it.

A candidate with additions begins at the base and learns all rows of its run, whichever candidate is champion: rows
accumulate, additions need not. Where all weights are trained it begins at the parent that `train.parent` names.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from reasoner.config.settings import LanguageSettings, Settings
from reasoner.data.sources import open_source
from reasoner.errors import DataError, TrainingFailed, UsageError
from reasoner.models.causal import load_causal
from reasoner.models.pretrained import place_of
from reasoner.storage.checkpoint_file import read_checkpoint
from reasoner.students.language.adapter import fresh_adapter
from reasoner.students.language.distance import PROBES, expectations, require_near
from reasoner.students.language.feed import Batches
from reasoner.students.language.files import TOGETHER, load_language_student, save_language
from reasoner.students.language.preference import referred
from reasoner.students.language.student import LanguageStudent, Origin
from reasoner.students.language.template import Form, Row, Template, form_of, template_of
from reasoner.students.language.tuning import Plan, Tuned, tune
from reasoner.training.feed import Worked, derive
from reasoner.training.work import Workplace, read_rows

MOST_DRAWN = 20_000
"""Base problems that are drawn at most; with more updates they come again."""


@dataclass(frozen=True)
class Encoded:
    """Worked problems as token ids."""

    rows: list[Row]
    left_out: int
    """Of them, too long to be learnt whole."""

    @property
    def pairs(self) -> int:
        """Rows with a wrong attempt that they are to be preferred to."""
        return sum(row.rejected is not None for row in self.rows)


def train_language(work: str, payload: dict[str, Any], place: Workplace) -> dict[str, Any]:
    """Makes a base (`base`) or a candidate (`finetune`); see `StudentKind.train`."""
    settings = Settings.model_validate(payload["settings"])
    return (_base if work == "base" else _candidate)(settings, payload, place)


def _base(settings: Settings, payload: dict[str, Any], place: Workplace) -> dict[str, Any]:
    language, began = settings.language, time.monotonic()
    problems = _base_problems(settings, language.base_updates * language.accumulate * language.batch_size)
    student = model_as_it_is(settings, problems, device=payload["device"], precision=payload["precision"])
    if not language.base_updates:
        about = {"updates": 0, "examples": 0, "train_seconds": round(time.monotonic() - began, 3)}
        return _keep(student, payload, place, {**about, "parent": ""})
    encoded = _encoded(student.template, problems, settings)
    seed = derive(settings.seed, "language base")
    student = _trainable(student, language, seed=seed)
    batches = Batches(encoded.rows, share=0.0, size=language.batch_size, seed=seed)
    tuned = _tune(student, batches, language.base_updates, seed, settings, payload, place)
    return _keep(student, payload, place, {**_told(tuned, encoded), "parent": ""})


def model_as_it_is(
    settings: Settings, problems: Sequence[Worked] | None = None, *, device: str, precision: str
) -> LanguageStudent:
    """The student that a model is before any training.

    Args:
        settings: name the model, and how it is asked.
        problems: worked ones of the base, whose form its answers are to have; drawn here, if not given.
        device: of the model.
        precision: of its weights, as torch names it.
    """
    name, _ = place_of(settings.student.model, setting="student.model")
    model = load_causal(
        name,
        device=device,
        dtype=getattr(torch, precision),
        batch=TOGETHER[device.partition(":")[0]],
        setting="student.model",
    )
    worked = _base_problems(settings, 0) if problems is None else problems
    template = _template(model.tokenizer, settings, form_of(p.steps for p in worked), model.positions)
    return _answering(LanguageStudent(model, template, Origin(name, model.mark)), settings.language)


def _candidate(settings: Settings, payload: dict[str, Any], place: Workplace) -> dict[str, Any]:
    language, checkpoints = settings.language, place.home / "checkpoints"
    start = core_of(checkpoints, payload["parent"]) if language.lora_rank else payload["parent"]
    _require_language(checkpoints, start)
    student = load_language_student(checkpoints / start, device=payload["device"])
    _require_same_way(student, language, start)
    template, encoded, replay = _material(student, settings, read_rows(place.home / payload["rows"]))
    seed, share = derive(settings.seed, "language candidate", payload["cycle"]), language.replay_share
    student = _trainable(_answering(replace(student, template=template), language), language, seed=seed)
    learnt = referred(student.model, encoded.rows)
    batches = Batches(learnt, replay.rows, share=share, size=language.batch_size, seed=seed)
    per_update = language.batch_size * language.accumulate * (1 - share)
    updates = max(1, round(language.epochs * len(encoded.rows) / per_update))
    probes = _probes(template, settings) if language.kl_budget else []
    before = expectations(student.model, probes)
    tuned = _tune(student, batches, updates, seed, settings, payload, place, pairs=language.objective == "dpo")
    about = {**_told(tuned, encoded), "parent": payload["parent"], "replay_left_out": replay.left_out}
    if language.objective == "dpo":
        about["pairs"] = encoded.pairs
    if language.lora_rank:
        about["core"] = start
    if probes:
        about["kl"] = require_near(before, expectations(student.model, probes), language.kl_budget)
    return _keep(student, payload, place, about)


def _material(
    student: LanguageStudent, settings: Settings, worked: Sequence[Worked]
) -> tuple[Template, Encoded, Encoded]:
    """What a candidate learns and what it shall not forget, and the template of both.

    Raises:
        TrainingFailed: nothing is left to be learnt.
    """
    language, share = settings.language, settings.language.replay_share
    replayed = round(language.epochs * len(worked) * share / (1 - share))
    problems = _base_problems(settings, max(PROBES, replayed)) if share else []
    form = form_of(w.steps for w in (*worked, *problems))
    template = _template(student.model.tokenizer, settings, form, student.model.positions)
    encoded = _encoded(template, worked, settings)
    if language.objective == "dpo" and not language.dpo_sft and not encoded.pairs:
        raise TrainingFailed(
            f"language.dpo_sft=0 learns from wrong attempts alone, and none of {len(worked)} rows has one that fits "
            "into language.max_new_tokens; expected language.dpo_sft above 0"
        )
    return template, encoded, _encoded(template, problems, settings) if problems else Encoded([], 0)


def core_of(checkpoints: Path, name: str) -> str:
    """The id of the base that a checkpoint adds to; its own where it is one."""
    return read_checkpoint(checkpoints / name).about.get("core") or name


def _require_language(checkpoints: Path, start: str) -> None:
    """Raises UsageError where a checkpoint to begin from is a student of another kind."""
    if (kind := read_checkpoint(checkpoints / start).kind) != "language":
        raise UsageError(
            f"{start} is a student of kind {kind}: given student.kind=language, expected student.kind={kind}, or "
            "student.start=scratch"
        )


def _require_same_way(student: LanguageStudent, language: LanguageSettings, start: str) -> None:
    """Additions begin at a model or at additions of their rank, weights at a model or at weights.

    Raises:
        UsageError: they do not.
    """
    has = f"{start} stores {'additions' if student.adapter else 'all weights'}"
    if student.stored == "weights" and language.lora_rank:
        raise UsageError(
            f"{has}, and language.lora_rank={language.lora_rank} adds to a model that it names; set it to 0"
        )
    if student.adapter and student.adapter.rank != language.lora_rank:
        rank = student.adapter.rank
        raise UsageError(f"{has} of rank {rank}: given language.lora_rank={language.lora_rank}, expected {rank}")


def _base_problems(settings: Settings, count: int) -> list[Worked]:
    """Worked base problems, each once; practice rows where nothing of the run learns base problems.

    Raises:
        DataError: there are none; says how to do without.
    """
    language, source = settings.language, open_source(settings)
    if not language.base_updates and not language.replay_share:
        return [Worked(p.question, p.steps) for p in source.practice(1)]
    drawn = min(MOST_DRAWN, max(PROBES, count))
    try:
        problems = list(source.base_problems(drawn, derive(settings.seed, "language base problems")))
    except DataError as error:
        raise DataError(f"{error}; or set language.base_updates=0 and language.replay_share=0") from error
    return list({p.question: Worked(p.question, p.steps) for p in problems}.values())


def _template(tokenizer: Any, settings: Settings, form: Form, positions: int) -> Template:
    return template_of(tokenizer, settings.language, form=form, positions=positions, setting=settings.student.model)


def _encoded(template: Template, worked: Sequence[Worked], settings: Settings) -> Encoded:
    """Rows that are short enough.

    Raises:
        TrainingFailed: none is.
    """
    rows = [row for w in worked if (row := template.pair(w.question, w.steps, w.wrong)) is not None]
    if not rows:
        limits = f"{template.max_prompt_tokens} tokens of question and {template.max_new_tokens} of solution"
        raise TrainingFailed(
            f"none of {len(worked)} rows of the task {settings.task.name!r} has steps and fits into {limits}; raise "
            "language.max_prompt_tokens or language.max_new_tokens"
        )
    return Encoded(rows, len(worked) - len(rows))


def _probes(template: Template, settings: Settings) -> list[Row]:
    """Problems that no batch holds, but for chance."""
    drawn = open_source(settings).base_problems(PROBES, derive(settings.seed, "language probes"))
    return _encoded(template, [Worked(p.question, p.steps) for p in drawn], settings).rows


def _answering(student: LanguageStudent, language: LanguageSettings) -> LanguageStudent:
    """The student as the run's settings have it answer."""
    return replace(student, answer_by=language.answer_by, score_by=language.score_by)


def _trainable(student: LanguageStudent, language: LanguageSettings, *, seed: int) -> LanguageStudent:
    """The student with what is to be trained of it wanting gradients, in float32."""
    network = student.model.network
    if language.recompute:
        # The second is its name in earlier transformers 5.
        named = ("activation_checkpointing_enable", "gradient_checkpointing_enable")
        recompute = next(found for name in named if (found := getattr(network, name, None)))
        recompute({"use_reentrant": False})
    if not language.lora_rank:
        network.float().requires_grad_(True)
        return replace(student, stored="weights")
    how = {"rank": language.lora_rank, "alpha": language.lora_alpha}
    adapter = student.adapter or fresh_adapter(network, name=student.origin.name, seed=derive(seed, "factors"), **how)
    return replace(student, adapter=adapter, stored="adapter")


def _tune(
    student: LanguageStudent,
    batches: Batches,
    updates: int,
    seed: int,
    settings: Settings,
    payload: dict[str, Any],
    place: Workplace,
    *,
    pairs: bool = False,
) -> Tuned:
    language = settings.language
    plan = Plan(updates, language.learning_rate, language.accumulate, seed, payload["precision"])
    plan = replace(plan, beta=language.dpo_beta, right_weight=language.dpo_sft) if pairs else plan
    return tune(
        student.model.network,
        batches,
        plan,
        pad=student.model.pad,
        folder=place.folder,
        save_every=language.checkpoint_every,
        report=place.report,
        should_stop=place.should_stop,
    )


def _told(tuned: Tuned, encoded: Encoded) -> dict[str, Any]:
    return {
        "updates": tuned.updates,
        "examples": len(encoded.rows),
        "left_out": encoded.left_out,
        "train_seconds": round(tuned.seconds, 3),
        "loss": round(tuned.loss, 5),
    }


def _keep(student: LanguageStudent, payload: dict[str, Any], place: Workplace, about: dict[str, Any]) -> dict[str, Any]:
    """The result of the job, once the checkpoint is written."""
    network = student.model.network
    if student.stored == "weights":
        network.to(getattr(torch, payload["precision"]))
    told = {"task": payload["settings"]["task"]["name"], **about}
    mark = save_language(student, place.home / "checkpoints" / payload["checkpoint"], about=told)
    return {"checkpoint": payload["checkpoint"], "fingerprint": mark, **told}
