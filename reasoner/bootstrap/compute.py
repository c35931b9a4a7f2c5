"""With how many threads and in which numbers a home computes: chosen once, by what the processor is, said and kept.

The choice decides bits: another one is another base for the same seed. So the first command that computes writes it to
`<home>/compute.json`, and every later one keeps it, on another processor too. What is set wins over it.
"""

import json
import platform
from pathlib import Path
from typing import Any

from memory.locks import exclusive
from reasoner.config.settings import ComputeSettings, Settings
from reasoner.errors import ConfigError

FILE = "compute.json"


def with_kept_compute(settings: Settings, home: Path) -> Settings:
    """The settings with `compute.threads` and `compute.precision` as numbers and names, none of them left to choose.

    Raises:
        ConfigError: the home's file of choices is damaged, or torch does not find the device.
    """
    compute = settings.compute
    chosen = kept_compute(home, compute)
    return settings.model_copy(update={"compute": compute.model_copy(update=chosen)})


def kept_compute(home: Path, compute: ComputeSettings) -> dict[str, Any]:
    """`threads` and `precision` as set, else as the home keeps them, else by the processor and kept from now on.

    Raises:
        ConfigError: the home's file of choices is damaged, or torch does not find the device.
    """
    if compute.threads and compute.precision != "auto":
        return {"threads": compute.threads, "precision": compute.precision}
    device = compute.device.partition(":")[0]
    with exclusive(home / f"{FILE}.lock"):
        kept = _read(home / FILE)
        if "threads" not in kept or device not in kept["precision"]:
            kept = _choose(kept, compute.device)
            _write(home / FILE, kept)
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
    if not path.is_file():
        return {"precision": {}}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        sound = isinstance(kept["threads"], int) and set(kept["precision"].values()) <= {"float32", "bfloat16"}
    except (ValueError, KeyError, TypeError, AttributeError):
        kept, sound = {}, False
    if not sound:
        raise ConfigError(
            f"{path} is damaged: expected the threads and the precision that this home computes with; delete the file "
            "to have them chosen again, or set compute.threads and compute.precision"
        )
    return kept


def _write(path: Path, kept: dict[str, Any]) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    partial.replace(path)
