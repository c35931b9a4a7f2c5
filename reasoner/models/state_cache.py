"""Token states of a frozen backbone, kept in memory and on disk, so that no text is read twice.

A key is the SHA-256 of the backbone's mark and the text's token ids. On disk lie shards, safetensors files of some
hundred texts each, written whole under the hash of their keys; nothing is unpickled. Processes share a folder freely,
and threads a cache.

Shapes: L tokens, H width of the backbone.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import RLock

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from reasoner.errors import ReasonerError
from reasoner.storage.tensor_files import save_tensors

SHARD_TEXTS = 256
MEMORY_BYTES = 256 * 2**20
DISK_BYTES = 4 * 2**30
STORED = torch.float16
"""Half precision halves the disk; states are cast before their first use too, so that a hit equals a miss."""


def key_of(mark: str, ids: Sequence[int]) -> str:
    """32 hex digits for a text's token ids under a backbone."""
    return hashlib.sha256(f"{mark}/{','.join(map(str, ids))}".encode()).hexdigest()[:32]


class StateCache:
    """States by key. The oldest go first, in memory as on disk."""

    def __init__(self, folder: Path | None, *, memory_bytes: int = MEMORY_BYTES, disk_bytes: int = DISK_BYTES) -> None:
        """Args:
        folder: where the shards lie; None keeps states in memory alone.
        memory_bytes: most that is held in memory.
        disk_bytes: most that the shards take.
        """
        self._folder, self._memory_bytes, self._disk_bytes = folder, memory_bytes, disk_bytes
        self._lock = RLock()
        self._near: OrderedDict[str, Tensor] = OrderedDict()
        self._near_bytes = 0
        self._waiting: dict[str, Tensor] = {}
        self._shard_of: dict[str, Path] = {}
        if folder is not None and folder.is_dir():
            for path in sorted(folder.glob("*.safetensors")):
                self._shard_of |= dict.fromkeys(_keys(path), path)

    def get(self, key: str) -> Tensor | None:
        """States [L, H], or None where nobody has computed them."""
        with self._lock:
            return self._get(key)

    def _get(self, key: str) -> Tensor | None:
        if key in self._near:
            self._near.move_to_end(key)
            return self._near[key]
        if key in self._waiting:
            return self._waiting[key]
        path = self._shard_of.get(key)
        if path is None:
            return None
        states = _read(path, key)
        if states is None:
            # Another process made room.
            del self._shard_of[key]
            return None
        self._remember(key, states)
        return states

    def put(self, key: str, states_LH: Tensor) -> Tensor:
        """Keeps states; gives them back as every later `get` will."""
        kept = states_LH.detach().to("cpu", STORED).contiguous().clone()
        with self._lock:
            self._remember(key, kept)
            if self._folder is not None:
                self._waiting[key] = kept
                if len(self._waiting) >= SHARD_TEXTS:
                    self.flush()
        return kept

    def flush(self) -> None:
        """Writes what waits as a shard, and removes the oldest shards if they are too many."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        if self._folder is None or not self._waiting:
            return
        name = hashlib.sha256("".join(sorted(self._waiting)).encode()).hexdigest()[:32]
        path = self._folder / f"{name}.safetensors"
        save_tensors(path, self._waiting)
        self._shard_of |= dict.fromkeys(self._waiting, path)
        self._waiting = {}
        self._make_room(path)

    def _remember(self, key: str, states: Tensor) -> None:
        if key not in self._near:
            self._near_bytes += states.nbytes
        self._near[key] = states
        while self._near_bytes > self._memory_bytes and len(self._near) > 1:
            _, oldest = self._near.popitem(last=False)
            self._near_bytes -= oldest.nbytes

    def _make_room(self, newest: Path) -> None:
        assert self._folder is not None
        shards: list[tuple[float, int, Path]] = []
        for path in self._folder.glob("*.safetensors"):
            try:
                found = path.stat()
            except FileNotFoundError:
                continue  # another process is making room as well
            shards.append((found.st_mtime, found.st_size, path))
        total = sum(size for _, size, _ in shards)
        for _, size, path in sorted(shards):
            if total <= self._disk_bytes or path == newest:
                break
            path.unlink(missing_ok=True)
            total -= size


def _keys(path: Path) -> list[str]:
    try:
        with safe_open(path, framework="pt") as handle:
            return list(handle.keys())
    except FileNotFoundError:
        return []
    except SafetensorError as error:
        raise _damaged(path) from error


def _read(path: Path, key: str) -> Tensor | None:
    try:
        with safe_open(path, framework="pt") as handle:
            return handle.get_tensor(key)
    except FileNotFoundError:
        return None
    except SafetensorError as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> ReasonerError:
    return ReasonerError(f"{path} is damaged; expected a safetensors file. Delete it: its states are computed again")
