"""With how many threads and in which numbers a home computes: chosen once, by what the processor is, said and kept.

The choice decides bits: another one is another base for the same seed. So the first command that computes writes it to
`<home>/compute.json`, and every later one keeps it, on another processor too. What is set wins over it.
"""

import platform
from pathlib import Path
from typing import Any

from memory.locks import exclusive
from reasoner.config.settings import ComputeSettings, Settings
from reasoner.storage.json_files import damaged, read_object
from reasoner.storage.writing import write_json

FILE = "compute.json"


def with_kept_compute(settings: Settings, home: Path) -> Settings:
    """The settings with `compute.threads` and `compute.precision` as numbers and names, none of them left to choose.

    Raises:
        DamagedError: the home's file of choices is damaged.
        ConfigError: torch does not find the device.
    """
    compute = settings.compute
    chosen = kept_compute(home, compute)
    return settings.model_copy(update={"compute": compute.model_copy(update=chosen)})


def kept_compute(home: Path, compute: ComputeSettings) -> dict[str, Any]:
    """`threads` and `precision` as set, else as the home keeps them, else by the processor and kept from now on.

    Raises:
        DamagedError: the home's file of choices is damaged.
        ConfigError: torch does not find the device.
    """
    if compute.threads and compute.precision != "auto":
        return {"threads": compute.threads, "precision": compute.precision}
    device = compute.device.partition(":")[0]
    with exclusive(home / f"{FILE}.lock"):
        kept = _read(home / FILE)
        if "threads" not in kept or device not in kept["precision"]:
            kept = _choose(kept, compute.device)
            write_json(home / FILE, kept)
    stated = {"threads": compute.threads or kept["threads"]}
    return stated | {"precision": kept["precision"][device] if compute.precision == "auto" else compute.precision}


def _choose(kept: dict[str, Any], device: str) -> dict[str, Any]:
    from reasoner.training.precision import native_precision
    from reasoner.training.threads import usable_threads

    return {
        "processor": kept.get("processor") or processor(),
        "threads": kept.get("threads") or usable_threads(),
        "precision": {**kept.get("precision", {}), device.partition(":")[0]: native_precision(device)},
    }


def processor() -> str:
    """What the processor calls itself, such as `AMD EPYC`."""
    import torch

    return str(torch.cpu.get_capabilities().get("cpu_name") or platform.processor() or platform.machine())


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {"precision": {}}
    mend = "delete the file to have threads and precision chosen again, or set compute.threads and compute.precision"
    kept = read_object(path, mend=mend)
    try:
        sound = isinstance(kept["threads"], int) and set(kept["precision"].values()) <= {"float32", "bfloat16"}
    except (KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise damaged(path, "is damaged: expected the threads and the precision that this home computes with", mend)
    return kept
