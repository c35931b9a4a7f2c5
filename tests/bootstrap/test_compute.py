"""Threads and precision: chosen once a home, by what the processor is, and never by the clock."""

import json
import time
from pathlib import Path

import pytest

from reasoner.bootstrap.compute import FILE, kept_compute, with_kept_compute
from reasoner.config.settings import ComputeSettings, Settings
from reasoner.errors import DamagedError
from reasoner.training import precision, threads

AUTO = ComputeSettings()


def test_the_first_choice_is_kept_on_another_processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "usable_threads", lambda: 2)
    monkeypatch.setattr(precision, "native_precision", lambda _: "bfloat16")
    first = kept_compute(tmp_path, AUTO)
    monkeypatch.setattr(threads, "usable_threads", lambda: 7)
    monkeypatch.setattr(precision, "native_precision", lambda _: "float32")
    assert first == kept_compute(tmp_path, AUTO) == {"threads": 2, "precision": "bfloat16"}
    assert kept_compute(tmp_path / "other", AUTO) == {"threads": 7, "precision": "float32"}


def test_what_is_set_wins_and_is_not_kept(tmp_path: Path) -> None:
    stated = ComputeSettings(threads=3, precision="bfloat16")
    assert kept_compute(tmp_path, stated) == {"threads": 3, "precision": "bfloat16"}
    assert not (tmp_path / FILE).exists()
    kept_compute(tmp_path, ComputeSettings(threads=3))
    assert json.loads((tmp_path / FILE).read_text())["threads"] == threads.usable_threads()
    settings = with_kept_compute(Settings(compute=ComputeSettings(precision="bfloat16")), tmp_path)
    assert (settings.compute.threads, settings.compute.precision) == (threads.usable_threads(), "bfloat16")


def test_choosing_looks_at_no_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> float:
        raise AssertionError("a clock was read")

    for clock in ("perf_counter", "perf_counter_ns", "process_time", "thread_time"):
        monkeypatch.setattr(time, clock, refuse)
    assert kept_compute(tmp_path, AUTO)["threads"] >= 1


def test_threads_are_what_the_system_grants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    assert threads.usable_threads() == 5
    monkeypatch.setenv("OMP_NUM_THREADS", "some")
    (tmp_path / "cpu.max").write_text("100000 100000\n")
    monkeypatch.setattr(threads, "CGROUP_LIMIT", tmp_path / "cpu.max")
    assert threads.usable_threads() == 1


@pytest.mark.parametrize(
    "text", ["", "[]", '{"threads": "two", "precision": {}}', '{"threads": 1, "precision": {"cpu": 8}}']
)
def test_a_damaged_file_of_choices_is_named_with_what_mends_it(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(DamagedError, match=r"compute\.json.*delete the file"):
        kept_compute(tmp_path, AUTO)
