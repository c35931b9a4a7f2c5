"""Hugging Face datasets as rows: saved folders as plain data, and hub names through the package `datasets`."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reasoner.data.dataset_rows import with_label_names
from reasoner.data.open_rows import open_rows
from reasoner.errors import DataError, UsageError

LABELS = {"names": ["bad", "good"], "_type": "ClassLabel"}
FEATURES = {"text": {"dtype": "string", "_type": "Value"}, "label": LABELS}
TABLE = {"text": ["a", "b", "c"], "label": [0, 1, -1]}


def save(folder: Path, table: dict[str, list[Any]]) -> Path:
    """As `save_to_disk` does."""
    pyarrow = pytest.importorskip("pyarrow", reason="datasets are Arrow files; pip install 'reasoner[parquet]'")
    ipc = pytest.importorskip("pyarrow.ipc")
    folder.mkdir(parents=True)
    made = pyarrow.table(table)
    with ipc.new_stream(str(folder / "data-0.arrow"), made.schema) as stream:
        stream.write_table(made)
    (folder / "dataset_info.json").write_text(json.dumps({"features": FEATURES, "license": "mit"}))
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": "data-0.arrow"}]}))
    return folder


def test_a_saved_folder_is_read_with_the_names_of_its_labels(tmp_path: Path) -> None:
    rows = open_rows(save(tmp_path / "d", TABLE))
    assert [row.fields["label"] for row in rows] == ["bad", "good", None]
    assert (rows.most, rows.license) == (3, "mit")
    assert rows.where(next(iter(rows)), "field 'x': wrong").endswith("d, row 1, field 'x': wrong")


def test_rows_of_several_splits_say_which_and_count_within_it(tmp_path: Path) -> None:
    for name in ("train", "test"):
        save(tmp_path / "d" / name, TABLE)
    (tmp_path / "d" / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    rows = open_rows(tmp_path / "d")
    read = list(rows)
    assert [row.fields["split"] for row in read] == ["train"] * 3 + ["test"] * 3
    assert "split 'test', row 2: bad" in rows.where(read[4], "bad")


@pytest.mark.parametrize("name", ["../secret.arrow", "/etc/passwd", "", "..", 7])
def test_no_file_outside_of_the_folder_is_opened(tmp_path: Path, name: object) -> None:
    folder = save(tmp_path / "d", TABLE)
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": name}]}))
    with pytest.raises(DataError, match=r"state\.json"):
        open_rows(folder)


def test_a_damaged_folder_is_told_with_the_file(tmp_path: Path) -> None:
    folder = save(tmp_path / "d", TABLE)
    (folder / "data-0.arrow").write_bytes(b"not arrow")
    with pytest.raises(DataError, match=r"data-0\.arrow.*damaged"):
        open_rows(folder)
    (folder / "dataset_info.json").unlink()
    with pytest.raises(DataError, match=r"dataset_info\.json"):
        open_rows(folder)


class Table:
    """What `datasets` gives, as far as it is asked."""

    features = SimpleNamespace(to_dict=lambda: FEATURES)
    info = SimpleNamespace(license="cc0")

    def __len__(self) -> int:
        return 2

    def with_format(self, kind: str) -> "Table":
        assert kind == "arrow"
        return self

    def iter(self, batch_size: int) -> list[SimpleNamespace]:
        return [SimpleNamespace(to_pylist=lambda: [{"text": "a", "label": 1}, {"text": "b", "label": 0}])]


def hub(monkeypatch: pytest.MonkeyPatch, load: Any) -> list[tuple[Any, ...]]:
    """Puts a package `datasets` in place that loads so; what it was asked."""
    asked: list[tuple[Any, ...]] = []

    def load_dataset(*given: Any, **how: Any) -> Any:
        asked.append((*given, how))
        return load()

    played = SimpleNamespace(load_dataset=load_dataset, disable_progress_bars=lambda: None)
    monkeypatch.setitem(sys.modules, "datasets", played)
    return asked


def test_a_hub_name_means_dataset_config_and_split_and_never_trusts_code(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = hub(monkeypatch, Table)
    rows = open_rows(Path("hf:owner/name/main:train"))
    assert asked == [("owner/name", "main", {"split": "train"})]
    assert [row.fields["label"] for row in rows] == ["good", "bad"]
    assert rows.license == "cc0"
    assert open_rows(Path("hf:owner/name")).sha256 == rows.sha256


@pytest.mark.parametrize("name", ["hf:csv", "hf:", "hf:a/b/c/d", "hf:../b", "hf:a/b:"])
def test_a_hub_name_of_another_form_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    asked = hub(monkeypatch, Table)
    with pytest.raises(UsageError, match="expected hf:owner/name"):
        open_rows(Path(name))
    assert not asked


def test_without_package_or_network_a_hub_name_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable() -> Any:
        raise ConnectionError("Couldn't reach the Hub")

    hub(monkeypatch, unreachable)
    with pytest.raises(DataError, match=r"cannot be loaded .*Couldn't reach.*check the name and the network"):
        open_rows(Path("hf:owner/name"))
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(UsageError, match=r"pip install 'reasoner\[hf\]'"):
        open_rows(Path("hf:owner/name"))


def test_labels_within_lists_are_named_too() -> None:
    assert with_label_names([0, 1], {"feature": LABELS, "_type": "List"}) == ["bad", "good"]
    assert with_label_names(5, LABELS) is None
