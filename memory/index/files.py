"""The files of an index: what faiss writes, which item stands in which row, and a page that says they belong together.

The page names the two files and their sums. It is replaced in one step after they are written, so a reader sees the old
index or the new one, whole; what no page names is swept away.
"""

import errno
import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple
from zipfile import BadZipFile

import numpy as np
from pydantic import ValidationError

from memory.index.kinds import Choice
from memory.locks import exclusive
from reasoner.errors import DamagedError
from reasoner.storage.refusals import ADVICE
from reasoner.storage.regular import reading
from reasoner.storage.writing import flush, write_text
from reasoner.types.record import Record

PATIENCE = 3
"""Looks at the files, each of which another writer may sweep away under it."""


class Kept(Record):
    """What an index was when it was written."""

    space: str
    after: int
    """Number of the last latent that it took in."""
    version: int
    """Of the memory."""
    choice: Choice
    settled: int
    """Vectors when its kind was chosen."""


class Page(Record):
    """Names and sums of the files."""

    kept: Kept
    vectors: str
    vectors_sha256: str
    rows: str
    rows_sha256: str


Fault = Literal["missing", "damaged"]


class Contents(NamedTuple):
    """What the files of an index hold."""

    index: Any
    numbers: np.ndarray
    """Of the latents, int64, N."""
    items: np.ndarray
    """Ids, bytes, N."""
    alive: np.ndarray
    """Whether the item is in the memory, bool, N."""
    kept: Kept


class Files:
    """The files of one index.

    Args:
        folder: `<home>/index/<space>`.
        name: `right` or `wrong`.
    """

    def __init__(self, folder: Path, name: str):
        self._folder = folder
        self._name = name
        self._page = folder / f"{name}.json"
        self._lock = folder / f".{name}.lock"

    def read(self) -> "Contents | Fault":
        """What was written last, or why it cannot be used."""
        for _ in range(PATIENCE):
            try:
                return self._read()
            except FileNotFoundError:
                # Another process wrote the next ones between our look at the page and at the files.
                continue
        return "missing"

    def _read(self) -> "Contents | Fault":
        if not self._page.exists():
            return "missing"
        try:
            page = self.page()
            vectors, rows = self._folder / page.vectors, self._folder / page.rows
            if _sum(vectors) != page.vectors_sha256 or _sum(rows) != page.rows_sha256:
                return "damaged"
            with np.load(rows, allow_pickle=False) as kept:
                numbers, items, alive = kept["numbers"], kept["items"], kept["alive"]
            return Contents(_index(vectors), numbers, items, alive, page.kept)
        except (ValidationError, DamagedError, ValueError, KeyError, TypeError, AttributeError, EOFError, BadZipFile):
            # Whoever wrote the sums may have written the files: a page that agrees with nonsense is no index either.
            return "damaged"

    def page(self) -> Page:
        """What the page says; raises as reading and checking it does."""
        with reading(self._page) as file:
            page = Page.model_validate_json(file.read())
        if any(Path(name).name != name for name in (page.vectors, page.rows)):
            raise DamagedError(f"{str(self._page)!r} names files outside its folder; run `reasoner memory reindex`")
        return page

    def write(self, contents: Contents) -> None:
        """Replaces the index; one writer at a time."""
        import faiss

        self._folder.mkdir(parents=True, exist_ok=True)
        mark = uuid.uuid4().hex[:8]
        vectors, rows = (self._folder / f"{self._name}-{mark}.{end}" for end in ("faiss", "npz"))
        with exclusive(self._lock):
            with _faiss_in_words(vectors):
                faiss.write_index(contents.index, str(vectors))
            np.savez(rows, numbers=contents.numbers, items=contents.items, alive=contents.alive)
            flush(vectors)
            flush(rows)
            page = Page(
                kept=contents.kept,
                vectors=vectors.name,
                vectors_sha256=_sum(vectors),
                rows=rows.name,
                rows_sha256=_sum(rows),
            )
            write_text(self._page, page.model_dump_json())
            self._sweep({vectors.name, rows.name, self._page.name, self._lock.name})

    def _sweep(self, named: set[str]) -> None:
        for file in self._folder.iterdir():
            ours = file.name.startswith((f"{self._name}-", f"{self._name}.", f".{self._name}."))
            if ours and file.name not in named:
                file.unlink(missing_ok=True)


def _index(path: Path) -> Any:
    """What faiss reads from a file; None where it is none of its own."""
    import faiss

    try:
        return faiss.read_index(str(path))
    except RuntimeError as error:
        if path.exists():
            raise DamagedError(f"{str(path)!r} is no index ({error}); run `reasoner memory reindex`") from error
        # What faiss says of a file that is not there.
        raise FileNotFoundError(path) from error


@contextmanager
def _faiss_in_words(path: Path) -> Iterator[None]:
    """The system's error behind one of faiss, which hides it in a sentence."""
    try:
        yield
    except RuntimeError as error:
        number = next((n for n in ADVICE if os.strerror(n) in str(error)), errno.EIO)
        raise OSError(number, " ".join(str(error).split())[-200:], str(path)) from error


def _sum(path: Path) -> str:
    with reading(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
