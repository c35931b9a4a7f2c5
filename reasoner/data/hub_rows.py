"""A dataset of the Hugging Face hub, named `hf:owner/name`, `hf:owner/name:split` or `hf:owner/name/config:split`.

The only room that knows the package `datasets`, which is an extra. Only a hub name loads it, and only then is the
network used. Code of a dataset is never run: `trust_remote_code` is never given, and names without an owner, which
could mean a loader of the package itself, are refused.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from reasoner.data.dataset_rows import DatasetRows, DatasetSplit
from reasoner.domains.rows.task_file import HUB
from reasoner.errors import DataError, UsageError

BATCH = 1024
_WORD = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_NAME = re.compile(rf"({_WORD}/{_WORD})(?:/({_WORD}))?(?::({_WORD}))?")


def open_hub_rows(name: str) -> DatasetRows:
    """The rows of a dataset of the hub, or of its copy in the package's cache.

    Raises:
        UsageError: the name has another form, or the package is not installed.
        DataError: there is no such dataset, no network, or it would need code of its own.
    """
    named = _NAME.fullmatch(name.removeprefix(HUB))
    if named is None:
        raise UsageError(f"{name!r:.200}: expected hf:owner/name, hf:owner/name:split or hf:owner/name/config:split")
    loaded = _load(name, *named.groups())
    tables = dict(loaded) if isinstance(loaded, dict) else {"": loaded}
    splits = [_split(key, table) for key, table in tables.items()]
    digest = hashlib.sha256()
    for split in splits:
        for batch in split.batches():
            digest.update(json.dumps(batch, sort_keys=True, default=repr).encode())
    license = next((str(table.info.license) for table in tables.values() if table.info.license), "")
    return DatasetRows(Path(name), splits, sha256=digest.hexdigest(), license=license)


def _load(given: str, name: str, config: str | None, split: str | None) -> Any:
    try:
        import datasets  # pyright: ignore[reportMissingImports] (an extra)
    except ImportError as error:
        raise UsageError(
            f"{given} needs the package datasets, which is not installed ({error}); pip install 'reasoner[hf]', or "
            "save its rows as JSON lines"
        ) from error
    datasets.disable_progress_bars()
    try:
        return datasets.load_dataset(name, config, split=split)
    except Exception as error:  # the package raises whatever its own libraries raise
        why = " ".join(str(error).split())
        raise DataError(
            f"{given}: cannot be loaded ({type(error).__name__}: {why:.300}); check the name and the network, or give "
            "a file of its rows. Code of a dataset is never run."
        ) from error


def _split(name: str, table: Any) -> DatasetSplit:
    features = table.features.to_dict()
    return DatasetSplit(name=name, rows=len(table), features=features, batches=_reader(table.with_format("arrow")))


def _reader(table: Any) -> Callable[[], Iterator[list[dict[str, Any]]]]:
    """As Arrow holds them: pictures and sounds are not decoded."""
    return lambda: (batch.to_pylist() for batch in table.iter(batch_size=BATCH))
