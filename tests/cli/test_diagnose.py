"""`reasoner diagnose` on a real, tiny checkpoint."""

import json
from pathlib import Path

import pytest
from played import Command
from student_maker import small_student

from reasoner.models.checkpoints import save_student

QUICK = [
    "data.practice_size=60", "data.gate_size=50", "data.sealed_size=50", "domains.math.max_number=20",
    "train.base_updates=80", "train.batch_size=16", "compute.threads=1",
]  # fmt: skip
SECTIONS = [
    "round_trip", "probes", "spectrum", "references", "causal", "modes", "out_of_distribution", "baseline",
]  # fmt: skip


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    folder = tmp_path / "untrained"
    save_student(small_student(), folder, about={"parent": "another"})
    return folder


@pytest.mark.slow
def test_every_section_is_one_line_and_the_pictures_are_there(command: Command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    base = tmp_path / "base"
    save_student(small_student(), base, about={"parent": "", "train_seconds": 0.5})
    options = ["--json", "--quiet", "--n", "20", "--out", str(out)]
    result = command("diagnose", str(base), *options, *QUICK)
    assert result.exit_code == 0, result.stderr
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["section"] for one in told] == SECTIONS
    assert {one["event"] for one in told} == {"diagnose"}
    (trained,) = [f["value"] for f in told[-1]["findings"] if f["name"] == "training of the language model"]
    assert trained >= 0.5
    assert all(finding["n"] or finding["unit"] in ("count", "seconds") for finding in told[2]["findings"])
    assert {"spectrum.png", "std.png", "accuracy.png", "diagnosis.json"} == {path.name for path in out.iterdir()}


def test_without_a_time_for_the_rival_nothing_is_begun(command: Command, checkpoint: Path) -> None:
    result = command("diagnose", str(checkpoint), *QUICK)
    assert result.exit_code == 2
    assert "--baseline-seconds" in result.stderr
    assert "--skip-baseline" in result.stderr


def test_an_unknown_checkpoint_ends_with_2(command: Command, home: Path) -> None:
    result = command("diagnose", "nosuch", "--skip-baseline", *QUICK)
    assert result.exit_code == 2
    assert "models list" in result.stderr
