"""In which numbers to compute: bfloat16 where this machine trains faster in it, by trial, else float32.

Weights, optimizer and target encoder stay in float32 either way; autocast lowers only what is safe to lower. CPUs
without bfloat16 units are thirty times slower in it, and where products alone are faster, the conversions around them
and the attention kernels may cost more than that wins (docs/lab-book.md, entry 27). So the trial is what training does:
a block forwards and backwards under autocast.
"""

import time
from contextlib import AbstractContextManager
from functools import cache
from statistics import median
from typing import Literal

import torch

from reasoner.config.settings import ComputeSettings
from reasoner.errors import ConfigError
from reasoner.models.layers import Block, norm_attention

Precision = Literal["float32", "bfloat16"]

ROWS, TOKENS = 64, 48
"""Of the first trial: a usual batch of questions."""
TRIALS = 5
WORTH = 1.1
"""How much faster a block must be for fewer digits to pay."""


def require_device(device: str) -> None:
    """Raises ConfigError where torch finds no such device."""
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise ConfigError(f"compute.device: given {device!r}, but torch finds no GPU here; expected 'cpu'")


def precision_of(compute: ComputeSettings, *, width: int) -> Precision:
    """What is set, or what a trial chooses for a student of this width."""
    return choose_precision(compute.device, width) if compute.precision == "auto" else compute.precision


@cache
def choose_precision(device: str, width: int) -> Precision:
    """The one in which a block of this width trains faster on a device, by a few trials side by side."""
    if device.startswith("cuda"):
        require_device(device)
        if not torch.cuda.is_bf16_supported(including_emulation=False):
            return "float32"
    block = Block(width, 2, rotary=True).to(device)
    norm_attention(block)
    # The median of pairs: what else runs here may fall upon one trial, and seldom upon most. Each pair has a length of
    # its own, as batches have, and has seen it before, as batches have after a while.
    for n in range(TOKENS, TOKENS + TRIALS):
        for kind in ("float32", "bfloat16"):
            _seconds(block, n, kind)
    pairs = ((_seconds(block, n, "float32"), _seconds(block, n, "bfloat16")) for n in range(TOKENS, TOKENS + TRIALS))
    return "bfloat16" if median(plain / rounded for plain, rounded in pairs) > WORTH else "float32"


def computing_in(precision: Precision, device: str) -> AbstractContextManager[object]:
    """Forward passes within the block compute in `precision`; a backward pass follows its forward pass."""
    kind = device.partition(":")[0]
    return torch.autocast(kind, dtype=torch.bfloat16, enabled=precision == "bfloat16")


def _seconds(block: Block, tokens: int, precision: Precision) -> float:
    """Of one pass forwards and backwards over texts of so many tokens."""
    weight = block.norm_self.weight
    states_BLD = torch.randn(ROWS, tokens, weight.shape[0], device=weight.device)
    mask = torch.ones(ROWS, 1, 1, tokens, dtype=torch.bool, device=weight.device)
    began = time.perf_counter()
    with computing_in(precision, weight.device.type):
        said = block(states_BLD, mask)
    said.sum().backward()
    if weight.device.type == "cuda":
        torch.cuda.synchronize(weight.device)
    return time.perf_counter() - began
