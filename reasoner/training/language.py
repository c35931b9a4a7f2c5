"""Trains the rival language model: the student's problems, batches, optimizer and rates, for the student's seconds.

The loss is the cross-entropy of the solution's tokens. The schedule is the student's (warm-up, then a cosine), over
time instead of updates, since time is what both are given alike.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reasoner.config.settings import Settings
from reasoner.data.sources import open_source
from reasoner.errors import TrainingFailed
from reasoner.models.batches import pad_questions
from reasoner.models.greedy import BATCH
from reasoner.models.language_model import LanguageModel, joined_steps, left_padded, rival_of, say
from reasoner.models.student import Student
from reasoner.models.tokenizers import PAD
from reasoner.training.feed import Batch, Batches, FreshFeed, derive
from reasoner.training.optimizer import StudentOptimizer
from reasoner.training.precision import Precision, computing_in, precision_of
from reasoner.training.recipe import LAST_RATE
from reasoner.training.threads import computing_with
from reasoner.training.trainer import CLIP
from reasoner.types.student import Solved

WARMUP = 40
"""Updates, as the student's."""
TELL_EVERY = 25


@dataclass(frozen=True)
class TrainedModel:
    """A trained rival."""

    model: LanguageModel
    parameters: int
    updates: int
    problems: int
    """Problems that it saw, none of them twice but for chance."""
    seconds: float
    loss: float
    """Mean of the last updates."""
    student: Student
    """It reads and writes with this one's tokenizers."""

    def solve(self, questions: Sequence[str]) -> list[Solved]:
        """Its greedy answers, in the order given."""
        return solve_rival(self.model, self.student, questions)


def solve_rival(model: LanguageModel, student: Student, questions: Sequence[str]) -> list[Solved]:
    """A language model's greedy answers, in the order given, by way of a student's tokenizers."""
    device, shape = str(next(model.parameters()).device), student.shape
    encoded = student.reads.encode(questions)
    order = sorted(range(len(questions)), key=lambda i: len(encoded[i].ids))
    found: dict[int, Solved] = {}
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        batch = pad_questions([encoded[i] for i in chosen], device=device)
        limit = shape.max_steps * shape.max_step_tokens
        said = say(model, batch, max_steps=shape.max_steps, max_tokens=limit)
        for i, one in zip(chosen, said, strict=True):
            steps = tuple(student.writes.decode(step) for step in one.steps)
            found[i] = Solved(steps, tuple(one.logprobs), one.finished)
    return [found[i] for i in range(len(questions))]


def solution_loss(model: LanguageModel, batch: Batch) -> Tensor:
    """Mean cross-entropy of the solution's tokens, the finishing step included."""
    solution_BS = joined_steps(batch.steps_BTL)
    logits = model(left_padded(batch.question), solution_BS)
    return F.cross_entropy(logits.flatten(0, 1), solution_BS.flatten(), ignore_index=PAD)


def train_rival(
    student: Student,
    settings: Settings,
    *,
    seconds: float,
    threads: int,
    report: Callable[[float, str], None],
) -> TrainedModel:
    """Trains a rival from fresh weights on the stream of base problems that a base student of these settings sees.

    Args:
        student: gives tokenizers and the number of weights; it is not changed.
        settings: `data.base_difficulties` are what is trained on.
        seconds: wall time of training, the drawing of problems included, as it is in the student's own time.
        threads: of the computation.
        report: told the share done and a note.

    Raises:
        TrainingFailed: the time is too short for a single update, or the loss is not a number.
    """
    source = open_source(settings)
    feed = FreshFeed(
        student.tokenizers, lambda n, at: list(source.base_problems(n, at)), seed=derive(settings.seed, "base")
    )
    device = settings.compute.device
    batches = Batches(
        feed, batch_size=settings.train.batch_size, seed=derive(settings.seed, "base"), device=settings.compute.device
    )
    precision = precision_of(settings.compute)
    model = rival_of(student, seed=derive(settings.seed, "rival")).to(device).train()
    with computing_with(threads):
        return _train(model, student, batches, settings, precision=precision, seconds=seconds, report=report)


def rate_of(share: float, update: int) -> float:
    """Learning-rate factor at a share of the time: the student's warm-up and cosine."""
    cosine = 0.5 * (1 + math.cos(math.pi * min(share, 1.0)))
    return min(1.0, (update + 1) / WARMUP) * (LAST_RATE + (1 - LAST_RATE) * cosine)


def _train(
    model: LanguageModel,
    student: Student,
    batches: Batches,
    settings: Settings,
    *,
    precision: Precision,
    seconds: float,
    report: Callable[[float, str], None],
) -> TrainedModel:
    # The optimizer knows block matrices by a dot before and after `blocks`.
    optimizer = StudentOptimizer([(f"rival.{name}", p) for name, p in model.named_parameters()], precision=precision)
    began, recent = time.monotonic(), list[float]()
    update = problems = 0
    while (spent := time.monotonic() - began) < seconds:
        batch = batches.at(update)
        with computing_in(precision, batch.steps_BTL.device.type):
            loss = solution_loss(model, batch)
        if not torch.isfinite(loss):
            raise TrainingFailed(f"the language model's loss is {loss.item()} at update {update}; lower train.*_rate")
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        rate = rate_of(spent / seconds, update)
        optimizer.step(adam_rate=settings.train.learning_rate * rate, muon_rate=settings.train.muon_rate * rate)
        recent = [*recent[1 - TELL_EVERY :], float(loss.detach())]
        update, problems = update + 1, problems + len(batch.steps_BTL)
        if update % TELL_EVERY == 0:
            report(min(1.0, spent / seconds), f"update {update}, loss {sum(recent) / len(recent):.3f}")
    if not update:
        raise TrainingFailed(f"{seconds!r} seconds are too few for one update of the language model; give it more")
    return TrainedModel(
        model=model.eval(),
        parameters=sum(p.numel() for p in model.parameters()),
        updates=update,
        problems=problems,
        seconds=time.monotonic() - began,
        loss=sum(recent) / len(recent),
        student=student,
    )
