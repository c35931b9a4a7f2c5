"""The rows of a Hugging Face dataset, split after split, from wherever they were opened.

A dataset of several splits gives every row a column `split` with the split's name, unless it has such a column. Class
labels, which datasets keep as numbers, are read as their names.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reasoner.data.row import Row, checked

SPLIT = "split"


@dataclass(frozen=True)
class DatasetSplit:
    """One table."""

    name: str
    """Empty where the dataset has no named splits."""
    rows: int
    features: Any
    """As `dataset_info.json` has them: a dict by column, with `_type` in each."""
    batches: Callable[[], Iterable[list[dict[str, Any]]]]
    """Its rows in their order, some at a time."""


class DatasetRows:
    """Rows of all splits of a dataset.

    Args:
        path: of the folder, or the hub name as it was given.
        splits: at least one.
        sha256: of the content.
        license: as the dataset's card says it; empty where it does not.
    """

    def __init__(self, path: Path, splits: Sequence[DatasetSplit], *, sha256: str, license: str) -> None:
        self.path, self.sha256, self.license = path, sha256, license
        self._splits = splits
        self.most = sum(split.rows for split in splits)

    def __iter__(self) -> Iterator[Row]:
        number = 0
        for split in self._splits:
            for batch in split.batches():
                for fields in batch:
                    number += 1
                    yield checked(Row(number, self._named(fields, split), unit="row"))

    def where(self, row: Row, fault: str) -> str:
        """A row's fault with split and row, counted from 1 within the split."""
        number, name = row.line, ""
        for split in self._splits:
            name = split.name
            if number <= split.rows:
                break
            number -= split.rows
        place = f"{self.path}, split {name!r}" if name else str(self.path)
        return f"{place}, row {number}{', ' if fault.startswith('field ') else ': '}{fault}"

    def _named(self, fields: dict[str, Any], split: DatasetSplit) -> dict[str, Any]:
        read = {name: with_label_names(value, split.features.get(name)) for name, value in fields.items()}
        return {SPLIT: split.name, **read} if len(self._splits) > 1 else read


def with_label_names(value: Any, feature: Any) -> Any:
    """A value with the numbers of class labels replaced by their names; None where -1 says that there is none."""
    if not isinstance(feature, dict) or value is None:
        return value
    names = feature.get("names")
    if feature.get("_type") == "ClassLabel" and isinstance(names, list) and isinstance(value, int):
        return names[value] if 0 <= value < len(names) else None
    if isinstance(value, list) and "feature" in feature:
        return [with_label_names(one, feature["feature"]) for one in value]
    return value
