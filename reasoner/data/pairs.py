"""Questions and answers as lines of text that take turns, as DeepMind Mathematics publishes them: a file a module.

The file's name is the skill: `numbers__gcd.txt`. A folder of such files is read as one, file after file by their names.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from reasoner.data.csv_rows import LONGEST_LINE
from reasoner.data.row import Row, checked

SUFFIX = ".txt"
_MARK = b"\xef\xbb\xbf"
_EXPECTED = "expected a line with a question and a line with its answer, and so on"


class _File(Protocol):
    path: Path
    sha256: str
    most: int

    def __iter__(self) -> Iterator[Row]: ...


def read_pairs(path: Path, file: BinaryIO) -> Iterator[Row]:
    """The rows of an open file; a row is named by the line of its question."""
    number, waiting = 0, ""
    while raw := file.readline(LONGEST_LINE + 1):
        number += 1
        text, fault = _text(raw.removeprefix(_MARK if number == 1 else b""))
        if fault:
            yield Row(number, fault=f"{fault}; the file is not read any further")
            return
        if not text and not waiting and not file.read().strip():
            return
        if not text:
            yield Row(number, fault=f"given an empty line, {_EXPECTED}; the file is not read any further")
            return
        if waiting:
            at, stem = number - 1, path.stem
            yield checked(Row(at, {"question": waiting, "answer": text, "skill": stem, "id": f"{stem}-{at}"}))
        waiting = "" if waiting else text
    if waiting:
        yield Row(number, fault=f"given a question at the end of the file, {_EXPECTED}")


def _text(line: bytes) -> tuple[str, str]:
    """What a line says, or why it cannot be read."""
    if len(line) > LONGEST_LINE:
        return "", f"given a line of more than {LONGEST_LINE} bytes, expected a question or an answer"
    try:
        return line.decode("utf-8").strip(), ""
    except UnicodeDecodeError as error:
        return "", f"given the byte {line[error.start : error.start + 1]!r}, expected UTF-8; convert the file"


def pair_files(folder: Path) -> list[Path]:
    """The files of pairs in a folder, by name; none where it is no such folder."""
    return sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []


class PairsFolder:
    """A folder of files of pairs.

    Args:
        path: of the folder.
        files: of its files, at least one.
    """

    license = ""

    def __init__(self, path: Path, files: list[_File]) -> None:
        self.path, self._files = path, files
        digest = hashlib.sha256("".join(f"{file.path.name} {file.sha256}\n" for file in files).encode())
        self.sha256 = digest.hexdigest()
        self.most = sum(file.most for file in files)

    def __iter__(self) -> Iterator[Row]:
        """Lines are counted on from file to file."""
        before = 0
        for file in self._files:
            for row in file:
                yield Row(row.line + before, row.fields, unit=row.unit, fault=row.fault)
            before += file.most

    def where(self, row: Row, fault: str) -> str:
        """A row's fault with its file and line."""
        number, file = row.line, self._files[0]
        for file in self._files:
            if number <= file.most:
                break
            number -= file.most
        return f"{file.path}, line {number}{', ' if fault.startswith('field ') else ': '}{fault}"
