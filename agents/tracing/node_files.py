"""Which files of a run's folder each node of the improve graph reads and writes.

Traces refer to them by name and hash, and a fork takes over those of the nodes before it.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from agents.run_folder import RunFolder

MOST_BYTES = 16 << 20
"""Of a file that is hashed; of larger ones the size must do."""


def files_read(node: str, cycle: int, folder: RunFolder) -> list[Path]:
    """Files that are there for the node to read."""
    practice, requests = folder.attempts(cycle, "practice"), folder.requests(cycle)
    reads = {
        "search": [practice],
        "mine": [practice, folder.searched(cycle)],
        "teach": [requests],
        "check": [requests, folder.lessons(cycle), practice, folder.searched(cycle)],
        "remember": [folder.examples(cycle), requests, practice],
    }
    return [path for path in reads.get(node, []) if path.is_file()]


def files_written(node: str, cycle: int, folder: RunFolder) -> list[Path]:
    """Files that the node has left."""
    sealed = folder.attempts(cycle, "sealed")
    writes = {
        "prepare": [sealed],
        "evaluate": [folder.attempts(cycle, "practice")],
        "verifier": [folder.reliability(cycle)],
        "search": [folder.attempts(cycle, "search"), folder.searched(cycle)],
        "mine": [folder.requests(cycle)],
        "teach": [folder.lessons(cycle)],
        "check": [folder.confirmations(cycle), folder.examples(cycle)],
        "train": [folder.rows(cycle)],
        "examine": [
            p for kind in ("gate", "repairs", "retention") for p in sorted(sealed.parent.glob(f"{kind}-*.jsonl"))
        ],
        "report": [sealed, folder.taught(cycle)],
    }
    latents = sorted(folder.latents(cycle, node, "*").parent.glob(folder.latents(cycle, node, "*").name))
    return [path for path in (*writes.get(node, []), *latents) if path.is_file()]


def references(paths: Sequence[Path], folder: RunFolder) -> list[dict[str, Any]]:
    """`{"file", "bytes", "sha256"}` of each, names below the run's folder; no hash of what is larger than 16 MiB."""
    found: list[dict[str, Any]] = []
    for path in paths:
        stat = path.stat()
        reference: dict[str, Any] = {"file": folder.below_root(path), "bytes": stat.st_size}
        if stat.st_size <= MOST_BYTES:
            reference["sha256"] = _digest(path, stat.st_mtime_ns, stat.st_size)
        found.append(reference)
    return found


@lru_cache(maxsize=256)
def _digest(path: Path, changed: int, size: int) -> str:  # noqa: ARG001 (a changed file is another one)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
