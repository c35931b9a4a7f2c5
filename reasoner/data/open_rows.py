"""Rows by what their path means: a file, a folder of pairs or of `save_to_disk`, or a name of the Hugging Face hub."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from reasoner.data.dataset_folder import is_dataset_folder, open_dataset_folder
from reasoner.data.hub_rows import open_hub_rows
from reasoner.data.pairs import PairsFolder, pair_files
from reasoner.data.row import Row
from reasoner.data.row_files import RowFile
from reasoner.domains.rows.task_file import is_hub_name


class Rows(Protocol):
    """Rows that can be read again and again."""

    path: Path
    sha256: str
    """Of the content, hex."""
    most: int
    """Rows at most."""
    license: str
    """As the rows' own card says it; empty where there is none."""

    def __iter__(self) -> Iterator[Row]:
        """Every row, those that cannot be used with their fault."""
        ...

    def where(self, row: Row, fault: str) -> str:
        """A row's fault with the place where it stands."""
        ...


def open_rows(path: Path) -> Rows:
    """The rows at a path.

    Raises:
        DataError: it cannot be read, holds no rows, or is something else.
        UsageError: a package that it needs is not installed.
    """
    if is_hub_name(str(path)):
        return open_hub_rows(str(path))
    if is_dataset_folder(path):
        return open_dataset_folder(path)
    if files := pair_files(path):
        return PairsFolder(path, [RowFile(file) for file in files])
    return RowFile(path)
