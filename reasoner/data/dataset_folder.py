"""A Hugging Face dataset that was saved with `save_to_disk`: Arrow files and JSON that says which.

The files are read as data with pyarrow alone. Nothing of a dataset is ever executed or unpickled, and no file outside
of its folder is opened, whatever its JSON says.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from reasoner.data.dataset_rows import DatasetRows, DatasetSplit
from reasoner.data.parquet import require_pyarrow
from reasoner.errors import DataError

SEVERAL, ONE = "dataset_dict.json", "state.json"
"""The file that a folder of several splits, or of a single one, has at its top."""
_SAVED = "expected a folder as `save_to_disk` writes it"


def is_dataset_folder(path: Path) -> bool:
    """Whether a folder says that it holds a dataset."""
    return (path / SEVERAL).is_file() or (path / ONE).is_file()


def open_dataset_folder(path: Path) -> DatasetRows:
    """The rows of a folder.

    Raises:
        DataError: a file is missing or damaged.
        UsageError: pyarrow is not installed.
    """
    require_pyarrow("Folders of a Hugging Face dataset")
    names = _json(path / SEVERAL).get("splits") if (path / SEVERAL).is_file() else None
    if names is not None and not (isinstance(names, list) and names and all(map(_is_name, names))):
        raise DataError(f"{path / SEVERAL}: given splits {names!r:.80}, expected a list of the names of folders")
    folders = {str(name): path / str(name) for name in names} if names else {"": path}
    digest, splits, license = hashlib.sha256(), list[DatasetSplit](), ""
    for name, folder in folders.items():
        info = _json(folder / "dataset_info.json")
        files = _files(folder)
        for file in files:
            _hash_into(digest, file)
        license = license or str(info.get("license") or "")
        features = info.get("features") or {}
        count = sum(len(batch) for file in files for batch in _batches(file))
        splits.append(DatasetSplit(name=name, rows=count, features=features, batches=_reader(files)))
    return DatasetRows(path, splits, sha256=digest.hexdigest(), license=license)


def _reader(files: Sequence[Path]) -> Any:
    return lambda: (batch for file in files for batch in _batches(file))


def _batches(file: Path) -> Iterator[list[dict[str, Any]]]:
    import pyarrow
    import pyarrow.ipc

    try:
        with pyarrow.memory_map(str(file)) as source, pyarrow.ipc.open_stream(source) as stream:
            for batch in stream:
                yield batch.to_pylist()
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(f"{file}: given a damaged Arrow file ({error!s:.200}); save the dataset again") from error


def _files(folder: Path) -> list[Path]:
    listed = _json(folder / ONE).get("_data_files")
    names = [one.get("filename") if isinstance(one, dict) else None for one in listed or ()]
    if not names or not all(map(_is_name, names)):
        raise DataError(f"{folder / ONE}: given the files {names!r:.80}, {_SAVED}")
    return [folder / str(name) for name in names]


def _is_name(given: object) -> bool:
    """Whether it names something in the folder itself."""
    return isinstance(given, str) and given not in ("", ".", "..") and not set(given) & set("/\\\0")


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}: cannot be read ({error!s:.120}); {_SAVED}") from error
    if not isinstance(found, dict):
        raise DataError(f"{path}: given {found!r:.80}, {_SAVED}")
    return found


def _hash_into(digest: Any, file: Path) -> None:
    try:
        with file.open("rb") as stream:
            while block := stream.read(2**20):
                digest.update(block)
    except OSError as error:
        raise DataError(f"{file}: cannot be read ({error.strerror}); {_SAVED}") from error
