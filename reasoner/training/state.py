"""A training run on disk, resumable to the bit: weights, optimizer tensors and the number of updates done.

One safetensors file, replaced whole; nothing is unpickled. Batches follow from the update's number, so there is no
sampler or random state to keep.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from reasoner.storage.tensor_files import fitting, load_described, save_tensors
from reasoner.training.optimizer import StudentOptimizer

FILE = "state.safetensors"
REMOVE = "remove it: the same command trains from the beginning"


@dataclass(frozen=True)
class Resumed:
    """Where a run stands."""

    updates: int
    seconds: float
    """Training time so far."""


def save_state(
    folder: Path,
    net: nn.Module,
    optimizer: StudentOptimizer,
    *,
    updates: int,
    seconds: float,
    recipe: Mapping[str, object],
) -> None:
    """Replaces the state in `folder`."""
    tensors = {f"net.{k}": v for k, v in net.state_dict().items()}
    tensors |= {f"optimizer.{k}": v for k, v in optimizer.state().items()}
    about = {"updates": str(updates), "seconds": str(seconds), "recipe": json.dumps(recipe, sort_keys=True)}
    save_tensors(folder / FILE, tensors, metadata=about)


def load_state(
    folder: Path, net: nn.Module, optimizer: StudentOptimizer, *, recipe: Mapping[str, object]
) -> Resumed | None:
    """Loads the state of the same recipe into both, or returns None where there is none."""
    path = folder / FILE
    if not path.exists():
        return None
    tensors, about = load_described(path, mend=REMOVE)
    with fitting(path, mend=REMOVE):
        if about["recipe"] != json.dumps(recipe, sort_keys=True):
            return None
        net.load_state_dict({k.removeprefix("net."): v for k, v in tensors.items() if k.startswith("net.")})
        optimizer.load({k.removeprefix("optimizer."): v for k, v in tensors.items() if k.startswith("optimizer.")})
        return Resumed(int(about["updates"]), float(about["seconds"]))
