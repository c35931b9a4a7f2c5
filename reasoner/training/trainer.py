"""The training loop: stages, optimizer, target encoder, collapse contract, resumable state."""

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from reasoner.diagnostics.collapse import Health, examine, require
from reasoner.errors import CollapseError
from reasoner.models.encoders import PAD
from reasoner.models.student import Student
from reasoner.storage.json_lines import read_lines
from reasoner.storage.writing import append_line, write_text
from reasoner.training.feed import Batches, derive
from reasoner.training.losses import Losses, losses
from reasoner.training.optimizer import StudentOptimizer
from reasoner.training.precision import computing_in
from reasoner.training.recipe import Recipe
from reasoner.training.state import load_state, save_state
from reasoner.training.team import ALONE, Team

CLIP = 1.0
LOG_EVERY = 25


@dataclass(frozen=True)
class Trained:
    """The end of a training run."""

    updates: int
    seconds: float
    """Training time over all attempts."""
    health: Health


def train(
    student: Student,
    batches: Batches,
    *,
    recipe: Recipe,
    folder: Path,
    report: Callable[[float, str], None],
    should_stop: Callable[[], bool],
    checkpoint_minutes: float = math.inf,
    team: Team = ALONE,
) -> Trained:
    """Trains in place, going on from the state in `folder` if there is one.

    The state is saved every `recipe.checkpoint_every` updates, and when the last one is `checkpoint_minutes` old. In a
    team only the leader reports, saves and examines.

    Raises:
        CollapseError: the latents fail their contract.
        KeyboardInterrupt: `should_stop` said so; the state is saved.
    """
    device = str(next(student.net.parameters()).device)
    # On a GPU the gradient of attention has no deterministic kernel; elsewhere anything else would be an error.
    torch.set_deterministic_debug_mode("error" if device == "cpu" else "warn")
    # Filling fresh memory would catch reads of uninitialised tensors; it costs 7% of an update here.
    torch.utils.deterministic.fill_uninitialized_memory = False  # pyright: ignore[reportAttributeAccessIssue]
    net = student.net.train()
    optimizer = StudentOptimizer(net.trainable(), precision=recipe.precision)
    resumed = load_state(folder, net, optimizer, recipe=recipe.to_dict())
    done, before = (resumed.updates, resumed.seconds) if resumed else (0, 0.0)
    began = saved = time.monotonic()
    log = _Log(folder / "losses.jsonl", done, silent=not team.leads)
    for update in range(done, recipe.updates):
        found = add_gradients(student, batches, recipe=recipe, update=update, rank=team.rank)
        team.mean_gradients(p for _, p in net.trainable())
        _apply(student, optimizer, recipe=recipe, update=update)
        log.add(update, found)
        done = update + 1
        if team.leads and done % LOG_EVERY == 0:
            report(done / recipe.updates, f"update {done}/{recipe.updates}, decode loss {log.last:.3f}")
        stopping = team.any(should_stop(), device)
        due = done % recipe.checkpoint_every == 0 or time.monotonic() - saved > 60 * checkpoint_minutes
        if team.leads and (stopping or due):
            spent = before + time.monotonic() - began
            save_state(folder, net, optimizer, updates=done, seconds=spent, recipe=recipe.to_dict())
            saved = time.monotonic()
            if recipe.stage(update) == "joint" and done < recipe.updates:
                _check(student, _last_steps(batches, recipe, update), min_round_trip=0.0)
        if stopping:
            raise KeyboardInterrupt("training was asked to stop; its state is saved")
    last = _last_steps(batches, recipe, recipe.updates - 1)
    health = _check(student, last, min_round_trip=recipe.min_round_trip)
    net.eval()
    return Trained(done, before + time.monotonic() - began, health)


def noise_of(recipe: Recipe, update: int, rank: int = 0) -> torch.Generator:
    """All randomness of an update in one process, so that resuming needs no random state."""
    return torch.Generator().manual_seed(derive(recipe.seed, "noise", update, *([rank] if rank else [])))


def add_gradients(student: Student, batches: Batches, *, recipe: Recipe, update: int, rank: int = 0) -> Losses:
    """Adds up the gradients of an update's batches; gives back the last batch's losses."""
    noise, stage, found = noise_of(recipe, update, rank), recipe.stage(update), None
    for number in range(update * recipe.accumulate, (update + 1) * recipe.accumulate):
        batch = batches.at(number)
        with computing_in(recipe.precision, batch.steps_BTL.device.type):
            found = losses(
                student.net,
                batch.question,
                batch.steps_BTL,
                recipe=recipe,
                stage=stage,
                noise=noise,
                own=recipe.own_latents(update),
            )
        if not torch.isfinite(found.total):
            raise CollapseError(f"the loss is {found.total.item()} at update {update}; lower train.learning_rate")
        (found.total / recipe.accumulate).backward()
    assert found is not None, "an update has at least one batch"
    return found


def _last_steps(batches: Batches, recipe: Recipe, update: int) -> Tensor:
    return batches.at((update + 1) * recipe.accumulate - 1).steps_BTL


def _apply(student: Student, optimizer: StudentOptimizer, *, recipe: Recipe, update: int) -> None:
    nn.utils.clip_grad_norm_([p for _, p in student.net.trainable()], CLIP)
    rate = recipe.rate(update)
    optimizer.step(adam_rate=recipe.adam_rate * rate, muon_rate=recipe.muon_rate * rate)
    student.net.follow(recipe.momentum(update))


def _check(student: Student, steps_BTL: Tensor, *, min_round_trip: float) -> Health:
    """Measures the distinct steps of a batch and applies the contract."""
    flat = steps_BTL.flatten(0, 1)
    tokens_NL = torch.unique(flat[flat[:, 0] != PAD], dim=0)
    student.net.eval()
    health = examine(student, tokens_NL)
    student.net.train()
    require(health, min_round_trip=min_round_trip)
    return health


class _Log:
    """`losses.jsonl`: one line each `LOG_EVERY` updates, never a line twice after a resume."""

    def __init__(self, path: Path, done: int, *, silent: bool) -> None:
        self._path, self._silent, self.last = path, silent, float("nan")
        if path.is_file() and not silent:
            rows = read_lines(path, mend="remove it: losses are written from here on", key="update")
            write_text(path, "".join(json.dumps(row) + "\n" for row in rows if row["update"] <= done))

    def add(self, update: int, found: Losses) -> None:
        if self._silent or (update + 1) % LOG_EVERY:
            return
        self.last = float(found.decode.detach())
        parts = {k: round(float(getattr(found, k).detach()), 5) for k in ("latent", "decode", "autoencode", "variance")}
        append_line(self._path, json.dumps({"update": update + 1, **parts}), flushed=False)
