"""A backup: a folder with the store, the students that its memory needs, and a manifest of their sums.

It is written under another name and renamed whole, so that what is called a backup is one. The same holds for the home
that is made from it.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from memory.locks import process_mark
from reasoner.errors import DataError, UsageError
from reasoner.storage.writing import flush, write_text
from reasoner.types.record import Record

MANIFEST = "manifest.json"
STORE = "reasoner.db"
CHECKPOINTS = "checkpoints"
FORMAT = 1


class Manifest(Record):
    """What a backup holds."""

    format: int
    package: str
    """Version of this package that made it."""
    made_at: str
    """ISO text in UTC."""
    revision: str
    """Of the store's tables."""
    counts: dict[str, int]
    """Rows of each table."""
    encoder: str
    """Id of the checkpoint that the memory is searched with; empty where nothing can be searched."""
    checkpoints: tuple[str, ...]
    """Ids of those whose files are in the backup."""
    missing: tuple[str, ...]
    """Ids of those that should be, but whose files are no longer in the home."""
    files: dict[str, str]
    """SHA-256 (hex) of each file, by its path in the folder."""


@contextmanager
def made_whole(folder: Path) -> Iterator[Path]:
    """An empty folder to fill, which takes the name of `folder` at the end, and is gone if that is not reached.

    Raises:
        UsageError: there is something with that name.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{str(folder)!r} exists and is not empty; nothing is written over it: name a new folder")
    _forget_the_dead(folder)
    partial = folder.with_name(f".{folder.name}.partial-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        # So that a name is never on the disk before what it names.
        for path in (partial, *partial.rglob("*")):
            flush(path)
        # The system puts it in the place of an empty folder, and of nothing else.
        partial.rename(folder)
        flush(folder.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Puts the manifest beside what it describes."""
    write_text(folder / MANIFEST, manifest.model_dump_json(indent=2) + "\n")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup.

    Raises:
        DataError: the folder is no backup, or one of another format.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise DataError(f"{str(folder)!r} is no backup: it has no {MANIFEST}; `reasoner memory backup` makes one")
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise DataError(f"{path}: not the manifest of a backup ({error.errors()[0]['msg']})") from error
    if manifest.format != FORMAT:
        raise DataError(f"{path}: format {manifest.format}, this version knows {FORMAT}; update the package")
    outside = [name for name in manifest.files if name.startswith("/") or ".." in Path(name).parts]
    if outside or STORE not in manifest.files:
        raise DataError(f"{path}: expected {STORE!r} and files below the folder, given {outside or 'no store'}")
    return manifest


def sums(folder: Path) -> dict[str, str]:
    """SHA-256 (hex) of all files below a folder but the manifest, by their path in it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)
    return {path.relative_to(folder).as_posix(): _sum(path) for path in paths}


def require_sums(folder: Path, manifest: Manifest) -> None:
    """Reads every file once more.

    Raises:
        DataError: one is missing or is not what it was.
    """
    for name, expected in manifest.files.items():
        path = folder / name
        found = _sum(path) if path.is_file() else "no such file"
        if found != expected:
            raise DataError(f"{path}: found sum {found:.16}, the manifest says {expected:.16}; use another backup")


def copy_checkpoint(source: Path, target: Path) -> bool:
    """Copies a student's files; whether there were any."""
    if not source.is_dir():
        return False
    shutil.copytree(source, target)
    return True


def _forget_the_dead(folder: Path) -> None:
    """Removes what killed processes left behind when they were about to make this folder."""
    for left in folder.parent.glob(f".{folder.name}.partial-*"):
        pid = left.name.rpartition("-")[2]
        if pid.isdigit() and not process_mark(int(pid)):
            shutil.rmtree(left, ignore_errors=True)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
