"""In which numbers to compute: bfloat16 where this machine's units make it faster, by trial, else float32.

Weights, optimizer and target encoder stay in float32 either way; autocast lowers only what is safe to lower. CPUs
without bfloat16 units are thirty times slower in it (docs/lab-book.md), so nothing is assumed.
"""

import time
from contextlib import AbstractContextManager
from functools import cache
from statistics import median
from typing import Literal

import torch

from reasoner.config.settings import ComputeSettings
from reasoner.errors import ConfigError

Precision = Literal["float32", "bfloat16"]

TRIAL_SECONDS = 0.01
TRIALS = 5
WORTH = 1.3
"""How much faster products must be for the conversions around them to pay."""


def require_device(device: str) -> None:
    """Raises ConfigError where torch finds no such device."""
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise ConfigError(f"compute.device: given {device!r}, but torch finds no GPU here; expected 'cpu'")


def precision_of(compute: ComputeSettings) -> Precision:
    """What is set, or what a trial chooses."""
    return choose_precision(compute.device) if compute.precision == "auto" else compute.precision


@cache
def choose_precision(device: str) -> Precision:
    """The faster one for matrix products of nano size on a device, by trials side by side of a tenth of a second."""
    if device.startswith("cuda"):
        require_device(device)
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    # The median of pairs: what else runs here may fall upon one trial, and seldom upon most.
    gain = median(_rate(torch.bfloat16) / _rate(torch.float32) for _ in range(TRIALS))
    return "bfloat16" if gain > WORTH else "float32"


def computing_in(precision: Precision, device: str) -> AbstractContextManager[object]:
    """Forward passes within the block compute in `precision`; a backward pass follows its forward pass."""
    kind = device.partition(":")[0]
    return torch.autocast(kind, dtype=torch.bfloat16, enabled=precision == "bfloat16")


def _rate(kind: torch.dtype) -> float:
    """Products per second."""
    states, weights = torch.randn(512, 96).to(kind), torch.randn(96, 384).to(kind)
    torch.mm(states, weights)
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < TRIAL_SECONDS:
        torch.mm(states, weights)
        done += 1
    return done / (time.perf_counter() - began)
