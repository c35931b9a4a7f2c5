"""In which numbers to compute: bfloat16 where the processor has units for it, else float32.

Weights, optimizer and target encoder stay in float32 either way; autocast lowers only what is safe to lower. CPUs
without bfloat16 units are thirty times slower in it. What the processor is decides, not how fast a trial runs: a trial
on a busy machine came out now one way, now the other, and each way is another base (docs/lab-book.md, entry 30).
"""

from contextlib import AbstractContextManager
from typing import Literal

import torch

from reasoner.config.settings import ComputeSettings
from reasoner.errors import ConfigError

Precision = Literal["float32", "bfloat16"]

CPU_UNITS = ("amx_bf16", "avx512_bf16", "bf16")
"""What torch calls bfloat16 units: Intel's tiles, AVX-512, Arm."""


def require_device(device: str) -> None:
    """Raises ConfigError where torch finds no such device."""
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise ConfigError(f"compute.device: given {device!r}, but torch finds no GPU here; expected 'cpu'")


def precision_of(compute: ComputeSettings) -> Precision:
    """What is set, or what the processor has units for."""
    return native_precision(compute.device) if compute.precision == "auto" else compute.precision


def native_precision(device: str) -> Precision:
    """bfloat16 on a device with units for it, else float32."""
    if device.startswith("cuda"):
        require_device(device)
        has_units = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        units = torch.cpu.get_capabilities()
        has_units = any(units.get(name, False) for name in CPU_UNITS)
    return "bfloat16" if has_units else "float32"


def computing_in(precision: Precision, device: str) -> AbstractContextManager[object]:
    """Forward passes within the block compute in `precision`; a backward pass follows its forward pass."""
    kind = device.partition(":")[0]
    return torch.autocast(kind, dtype=torch.bfloat16, enabled=precision == "bfloat16")
