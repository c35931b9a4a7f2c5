"""The loop that fine-tunes a causal language model: AdamW, warm-up and cosine, resumable to the update after a kill.

Batches and all randomness follow from the update's number; what is kept between updates is what is trained and the
optimizer's moments, one safetensors file that is replaced whole. Shapes: B rows, L tokens, N supervised tokens, V
vocabulary.
"""

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reasoner.errors import TrainingFailed
from reasoner.storage.tensor_files import fitting, load_described, save_tensors
from reasoner.students.language.chances import log_chances
from reasoner.students.language.feed import Batches
from reasoner.students.language.preference import preference_loss, with_rejected
from reasoner.students.language.template import Row
from reasoner.training.feed import derive
from reasoner.training.precision import Precision, computing_in
from reasoner.training.state import FILE, REMOVE

CLIP = 1.0
REPORT_EVERY = 5
WARMUP_SHARE = 0.05


@dataclass(frozen=True)
class Plan:
    """What is done to a model, so that a stored state can be known to belong to it."""

    updates: int
    rate: float
    accumulate: int
    seed: int
    precision: Precision
    beta: float = 0.0
    """Of pairs; 0 where nothing is learnt from wrong attempts."""
    right_weight: float = 1.0
    """Of right solutions by themselves."""

    def rate_at(self, update: int) -> float:
        """Up in a line, then down along a cosine to nothing."""
        warm = max(1, round(WARMUP_SHARE * self.updates))
        if update < warm:
            return self.rate * (update + 1) / warm
        return self.rate * 0.5 * (1 + math.cos(math.pi * (update - warm) / max(1, self.updates - warm)))


@dataclass(frozen=True)
class Shares:
    """Over what an update's loss is a mean."""

    tokens: int
    """Supervised tokens of right solutions."""
    pairs: int


@dataclass(frozen=True)
class Tuned:
    """The end of a training run."""

    updates: int
    seconds: float
    """Training time over all attempts."""
    loss: float
    """Of the last update; mean cross-entropy of its supervised tokens, in nats, where there are no pairs."""


def tune(
    network: Any,
    batches: Batches,
    plan: Plan,
    *,
    pad: int,
    folder: Path,
    save_every: int,
    report: Callable[[float, str], None],
    should_stop: Callable[[], bool],
) -> Tuned:
    """Trains what of a network wants gradients, in place, going on from the state in `folder` if there is one.

    Raises:
        TrainingFailed: the loss is no number, or memory is out.
        KeyboardInterrupt: `should_stop` said so; the state is saved.
    """
    trained = [(name, p) for name, p in network.named_parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW([p for _, p in trained], lr=plan.rate, weight_decay=0.0)
    done, before = _resume(folder, trained, optimizer, plan)
    # On a GPU the gradient of attention has no deterministic kernel; elsewhere anything else would be an error.
    torch.set_deterministic_debug_mode("error" if network.device.type == "cpu" else "warn")
    network.train()
    began, loss = time.monotonic(), float("nan")
    with _memory_in_words():
        for update in range(done, plan.updates):
            loss = _update(network, batches, plan, optimizer, update=update, pad=pad)
            done = update + 1
            if done % REPORT_EVERY == 0:
                report(done / plan.updates, f"update {done}/{plan.updates}, loss {loss:.3f}")
            stopping = should_stop()
            if stopping or done % save_every == 0:
                _save(folder, trained, optimizer, plan, done=done, seconds=before + time.monotonic() - began)
            if stopping:
                raise KeyboardInterrupt("training was asked to stop; its state is saved")
    network.eval()
    return Tuned(done, before + time.monotonic() - began, loss)


def _update(
    network: Any, batches: Batches, plan: Plan, optimizer: torch.optim.Optimizer, *, update: int, pad: int
) -> float:
    """One step of the optimizer; its loss."""
    parts = [batches.at(update * plan.accumulate + i) for i in range(plan.accumulate)]
    rows = [row for part in parts for row in part]
    shares = Shares(sum(row.taught for row in rows), sum(row.rejected is not None for row in rows))
    total = 0.0
    devices = [network.device] if network.device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(derive(plan.seed, "noise", update))
        for part in parts:
            loss = _loss(network, part, plan, shares, pad=pad)
            loss.backward()
            total += float(loss.detach())
    if not math.isfinite(total):
        raise TrainingFailed(f"the loss is {total} at update {update}; lower language.learning_rate")
    group = optimizer.param_groups[0]
    nn.utils.clip_grad_norm_(group["params"], CLIP)
    group["lr"] = plan.rate_at(update)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return total


def _loss(network: Any, part: Sequence[Row], plan: Plan, shares: Shares, *, pad: int) -> Tensor:
    """What a batch has of its update's loss: right solutions by themselves, then against wrong ones."""
    with computing_in(plan.precision, network.device.type):
        log_NV, target_N = log_chances(network, with_rejected(part), pad=pad)
    own = sum(row.taught for row in part)
    loss = plan.right_weight * F.nll_loss(log_NV[:own], target_N[:own], reduction="sum") / shares.tokens
    if any(row.rejected for row in part):
        loss = loss + preference_loss(log_NV, target_N, part, beta=plan.beta) / shares.pairs
    return loss


Named = Sequence[tuple[str, nn.Parameter]]


def _save(
    folder: Path, trained: Named, optimizer: torch.optim.Optimizer, plan: Plan, *, done: int, seconds: float
) -> None:
    tensors: dict[str, Tensor] = {}
    for name, parameter in trained:
        tensors[f"net.{name}"] = parameter
        for key in ("exp_avg", "exp_avg_sq"):
            tensors[f"{key}.{name}"] = optimizer.state[parameter][key]
    about = {"updates": str(done), "seconds": str(seconds), "plan": json.dumps(asdict(plan), sort_keys=True)}
    save_tensors(folder / FILE, tensors, metadata=about)


@torch.no_grad()
def _resume(folder: Path, trained: Named, optimizer: torch.optim.Optimizer, plan: Plan) -> tuple[int, float]:
    """Loads the state of the same plan; the number of updates done and the seconds they took."""
    path = folder / FILE
    if not path.exists():
        return 0, 0.0
    tensors, about = load_described(path, mend=REMOVE)
    with fitting(path, mend=REMOVE):
        if about["plan"] != json.dumps(asdict(plan), sort_keys=True):
            return 0, 0.0
        done = int(about["updates"])
        for name, parameter in trained:
            parameter.copy_(tensors[f"net.{name}"])
            moments = {key: tensors[f"{key}.{name}"].to(parameter.device) for key in ("exp_avg", "exp_avg_sq")}
            optimizer.state[parameter] = {"step": torch.tensor(float(done)), **moments}
        return done, float(about["seconds"])


@contextmanager
def _memory_in_words() -> Iterator[None]:
    """Says of memory that is out what would take less."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        words = str(error).lower()
        if not isinstance(error, MemoryError) and "out of memory" not in words and "allocate memory" not in words:
            raise
        raise TrainingFailed(
            "memory ran out in training: lower language.batch_size and raise language.accumulate by as much, set "
            "language.recompute=true, or lower language.max_prompt_tokens; the state of earlier updates is kept"
        ) from error
