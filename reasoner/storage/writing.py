"""Writes files whole or not at all: beside the old one, forced to the disk, then put in its place.

A disk that fills half way leaves the old file. A line that could not be appended whole is taken back, so that the next
one does not begin in its middle.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from reasoner.storage.regular import open_regular

BLOCK = 1 << 16
"""Bytes that are looked at together for the end of the last whole line."""


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A name beside `path` to write a file under, which takes the place of `path` at the end; gone if that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial-{os.getpid()}")
    try:
        yield partial
        flush(partial)
        partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def write_bytes(path: Path, data: bytes) -> None:
    """Replaces a file whole."""
    with replaced(path) as partial:
        partial.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Replaces a text file whole."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Replaces a JSON file whole."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def replace_folder(partial: Path, folder: Path) -> None:
    """Puts a folder that is written whole in the place of another, or of none."""
    flush(partial)
    if folder.exists():
        shutil.rmtree(folder)
    partial.rename(folder)
    flush(folder.parent)


def append_line(path: Path, line: str, *, flushed: bool = True) -> None:
    """Adds one whole line, or raises and leaves the file as it was.

    Args:
        path: made where it is missing; its folder must be there.
        line: without its end.
        flushed: forced to the disk before this returns.
    """
    descriptor = open_regular(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        before = os.fstat(descriptor).st_size
        try:
            _write_all(descriptor, f"{line}\n".encode())
            if flushed:
                os.fsync(descriptor)
        except OSError:
            # What cannot be shortened either is a torn last line, which readers leave out.
            with suppress(OSError):
                os.ftruncate(descriptor, before)
            raise
    finally:
        os.close(descriptor)


def cut_torn_line(path: Path) -> None:
    """Cuts off a last line without its end, which its writer died in; for whoever goes on writing."""
    descriptor = open_regular(path, os.O_RDWR)
    try:
        size = place = os.fstat(descriptor).st_size
        tail = b""
        while place > 0 and b"\n" not in tail:
            begin = max(0, place - BLOCK)
            tail, place = os.pread(descriptor, place - begin, begin) + tail, begin
        whole = place + tail.rfind(b"\n") + 1
        if whole != size:
            os.ftruncate(descriptor, whole)
    finally:
        os.close(descriptor)


def flush(path: Path) -> None:
    """Forces a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
