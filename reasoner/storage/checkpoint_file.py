"""`checkpoint.json`, the same for every kind of student: what lies in the folder, whose child it is, and its digests.

Version 2. Version 1 was `config.json`, of latent students alone; it is still read.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from reasoner.errors import NotFoundError, ReasonerError
from reasoner.storage.json_files import damaged, read_object
from reasoner.storage.regular import reading
from reasoner.storage.writing import replace_folder, write_json
from reasoner.types.record import Record

NAME, OLD = "checkpoint.json", "config.json"
MEND = "restore the checkpoint from a backup, or go back to another with `reasoner models rollback`"
PIECE = 1 << 20
"""Bytes that are read at once."""


class CheckpointFile(Record):
    """What the file says."""

    format: Literal[1, 2] = 2
    kind: str
    """Name of the kind of student."""
    fingerprint: str
    """16 hex digits over all that decides what the student says."""
    settings: Mapping[str, Any]
    """The kind's own; all that is needed to build the student again, but for its files."""
    about: Mapping[str, Any]
    """What was kept of its making: `task`, `parent`, `train_seconds`, and what else its kind adds."""
    files: Mapping[str, str] = {}
    """SHA-256 of each file beside it, by name; empty in version 1."""

    @property
    def task(self) -> str:
        """That it was trained for; empty where nothing says it."""
        return str(self.about.get("task") or "")

    @property
    def parent(self) -> str:
        """Id of the checkpoint that it was fine-tuned from; empty of a base."""
        return str(self.about.get("parent") or "")


def write_checkpoint(folder: Path, file: CheckpointFile) -> None:
    """Writes it beside the files of a student, with their digests."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    made = file.model_copy(update={"files": digests(folder, names)})
    write_json(folder / NAME, made.model_dump(mode="json"))


def read_checkpoint(folder: Path) -> CheckpointFile:
    """What a folder's `checkpoint.json` says, or its `config.json` of version 1.

    Raises:
        NotFoundError: there is neither.
        DamagedError: it is not what was written.
    """
    if not (folder / NAME).is_file() and (folder / OLD).is_file():
        return _old(folder / OLD)
    if not (folder / NAME).is_file():
        raise NotFoundError(f"{folder} is not a checkpoint: {NAME} missing; see `reasoner models list`")
    found = read_object(folder / NAME, mend=MEND)
    if isinstance(given := found.get("format"), int) and given > 2:
        raise NotFoundError(f"{folder / NAME} has format {given}, which a newer version has written; expected 1 or 2")
    return _valid(folder / NAME, found)


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A new folder to write into, which takes the place of `folder` once all is written."""
    partial = folder.with_name(f"{folder.name}.partial-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    yield partial
    replace_folder(partial, folder)


def require_unchanged(folder: Path, *, said: str, found: str) -> None:
    """Raises NotFoundError where a checkpoint's files do not have the fingerprint that its `checkpoint.json` says."""
    if found != said:
        raise NotFoundError(
            f"{folder} was changed after it was saved: its files do not match fingerprint {said!r}; restore it from a "
            "backup or train again"
        )


def is_checkpoint(folder: Path) -> bool:
    """Whether a folder holds a student of ours; a Hugging Face model has a `config.json` that says other things."""
    try:
        read_checkpoint(folder)
    except ReasonerError:
        return False
    return True


def digests(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """SHA-256, in hex, of files below a folder, read piece by piece.

    Raises:
        DamagedError: one is missing.
    """
    return {name: _digest(folder / name) for name in names}


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with reading(path) as file:
            while piece := file.read(PIECE):
                digest.update(piece)
    except FileNotFoundError as error:
        raise damaged(path, "is missing", MEND) from error
    return digest.hexdigest()


def _old(path: Path) -> CheckpointFile:
    found = read_object(path, mend=MEND)
    known = {"kind": "latent", "format": 1, "settings": found.get("shape")}
    return _valid(path, known | {name: found.get(name) for name in ("fingerprint", "about")})


def _valid(path: Path, found: Mapping[str, Any]) -> CheckpointFile:
    try:
        return CheckpointFile.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise damaged(path, f"is no checkpoint's ({where}: {first['msg']})", MEND) from error
