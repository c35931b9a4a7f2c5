"""Reads and writes safetensors files of ours. Nothing is unpickled; a cut, empty or foreign file is damaged."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError, safe_open

from reasoner.errors import DamagedError, ReasonerError
from reasoner.storage.json_files import damaged
from reasoner.storage.regular import require_regular
from reasoner.storage.writing import replaced

if TYPE_CHECKING:
    from torch import Tensor

AGAIN = "restore it from a backup, or make it again"


def save_tensors(path: Path, tensors: "Mapping[str, Tensor]", *, metadata: dict[str, str] | None = None) -> None:
    """Replaces a file whole.

    Raises:
        OSError: it cannot be written.
    """
    from safetensors.torch import save_file

    owned = {name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}
    with replaced(path) as partial:
        try:
            save_file(owned, partial, metadata=metadata)
        except SafetensorError as error:
            # The library's own error hides the system's: "... (os error 28)".
            number = re.search(r"\(os error (\d+)\)", str(error))
            if number is None:
                raise
            raise OSError(int(number[1]), str(error), str(path)) from error


def load_tensors(path: Path, *, mend: str = AGAIN) -> "dict[str, Tensor]":
    """All tensors of a file, on the CPU.

    Raises:
        DamagedError: it is missing, or not a whole safetensors file.
    """
    from safetensors.torch import load_file

    with read_in_words(path, mend):
        return load_file(path)


def load_described(path: Path, *, mend: str = AGAIN) -> "tuple[dict[str, Tensor], dict[str, str]]":
    """All tensors of a file and what was kept with them as metadata. Raises as `load_tensors` does."""
    with read_in_words(path, mend), safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118 (not a dict)


@contextmanager
def fitting(path: Path, *, mend: str = AGAIN) -> Iterator[None]:
    """Says of what was read from a file, and does not fit into what is made of it, that the file is damaged."""
    try:
        yield
    except (ReasonerError, OSError, MemoryError):
        raise
    except Exception as error:
        # Libraries say it in errors of any class, tokenizers in a bare `Exception`.
        words = " ".join(str(error).split())[:200]
        raise damaged(path, f"holds something else than it should ({words})", mend) from error


@contextmanager
def read_in_words(path: Path, mend: str) -> Iterator[None]:
    """Says of a safetensors file that cannot be read whole within the block that it is damaged."""
    require_regular(path)
    try:
        yield
    except FileNotFoundError as error:
        raise damaged(path, "is missing", mend) from error
    except (SafetensorError, ValueError, KeyError) as error:
        raise _not_whole(path, error, mend) from error


def _not_whole(path: Path, error: Exception, mend: str) -> DamagedError:
    words = " ".join(str(error).split())[:200]
    return damaged(path, f"is not a whole safetensors file ({words}; {path.stat().st_size} bytes)", mend)
