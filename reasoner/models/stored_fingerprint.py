"""The fingerprint of a student that lies on disk, from its files alone: no network is built and torch is not imported.

The file is read piece by piece, so that a large student takes no memory.
"""

import hashlib
import json
from io import BufferedReader
from pathlib import Path
from typing import Any

from reasoner.storage.checkpoint_file import MEND, PIECE, read_checkpoint
from reasoner.storage.json_files import damaged, parsed, read_text
from reasoner.storage.regular import reading

WEIGHTS, TOKENIZER = "model.safetensors", "question_tokenizer.json"


def stored_fingerprint(folder: Path) -> str:
    """16 hex digits, those of `reasoner.models.checkpoints.fingerprint` as long as the files are what they were.

    Raises:
        DamagedError: a file is missing, cut or foreign.
    """
    shape = dict(read_checkpoint(folder).settings)
    digest = hashlib.sha256(json.dumps(shape, sort_keys=True).encode())
    digest.update(read_text(folder / TOKENIZER, mend=MEND).encode())
    path = folder / WEIGHTS
    try:
        file = reading(path)
    except FileNotFoundError as error:
        raise damaged(path, "is missing", MEND) from error
    with file:
        for name, begin, end in sorted(_places(path, file)):
            digest.update(name.encode())
            _take(digest, file, begin, end)
    return digest.hexdigest()[:16]


def _places(path: Path, file: BufferedReader) -> list[tuple[str, int, int]]:
    """Name, first byte and byte after the last of each tensor; the head of a safetensors file says them."""
    size = path.stat().st_size
    length = int.from_bytes(file.read(8), "little")
    if size < 8 or 8 + length > size:
        raise damaged(path, f"is not a whole safetensors file ({size} bytes)", MEND)
    head, wrong = parsed(file.read(length).decode("utf-8", errors="replace"))
    if wrong:
        raise damaged(path, f"is not a whole safetensors file (its head: {wrong})", MEND)
    try:
        spans = [(name, *map(int, told["data_offsets"])) for name, told in head.items() if name != "__metadata__"]
        places = [(name, 8 + length + begin, 8 + length + end) for name, begin, end in spans]
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(path, f"is not a whole safetensors file (its head: {error})", MEND) from error
    if max((end for _, _, end in places), default=8 + length) != size:
        raise damaged(path, f"is not a whole safetensors file ({size} bytes)", MEND)
    return places


def _take(digest: Any, file: BufferedReader, begin: int, end: int) -> None:
    file.seek(begin)
    while begin < end and (piece := file.read(min(PIECE, end - begin))):
        digest.update(piece)
        begin += len(piece)
