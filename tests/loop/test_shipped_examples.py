"""Each example is used as docs/tasks.md says: rows are made, the task is proven, and a loop can be begun with it."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from reasoner.cli.main import app

EXAMPLES = Path(__file__).parents[2] / "examples"

pytestmark = pytest.mark.slow


def told(*words: str) -> list[dict[str, Any]]:
    """The events that a command prints; it must end well."""
    ended = CliRunner().invoke(app, [*words, "--json"])
    assert ended.exit_code == 0, ended.output
    return [json.loads(line) for line in ended.stdout.splitlines()]


def rows_of(example: str, folder: Path) -> Path:
    """What an example writes when it is run."""
    file = folder / example.replace(".py", ".jsonl")
    with file.open("w") as out:
        subprocess.run([sys.executable, str(EXAMPLES / example)], stdout=out, check=True)
    return file


def test_labels_need_a_file_of_rows_and_no_code(tmp_path: Path) -> None:
    home = ("--home", str(tmp_path / "home"))
    told("init", "--task", str(EXAMPLES / "messages.csv"), "--out", str(tmp_path))
    (proven,) = told("tasks", "check", str(tmp_path / "messages.task.yaml"))
    assert proven["gold_passes"] == 1
    assert proven["cheats_pass"] == 0
    quick = ("train.base_updates=150", "train.decoder_updates=60", "compute.threads=1", "train.min_round_trip=0")
    events = told("loop", "--cycles", "1", "--config", str(tmp_path / "messages.yaml"), *home, *quick)
    sealed = [e for e in events if e["event"] == "evaluation" and e["split"] == "sealed"]
    assert sealed[0]["n"] >= 50
    assert events[-1]["event"] == "done"


def test_rows_with_unit_tests_are_proven_in_the_sandbox(tmp_path: Path) -> None:
    rows = rows_of("programs.py", tmp_path)
    few = tmp_path / "few.jsonl"
    few.write_text("".join(line + "\n" for line in rows.read_text().splitlines()[:150]))
    told("init", "--task", str(few), "--out", str(tmp_path))
    assert "kind: tests" in (tmp_path / "few.task.yaml").read_text()
    (proven,) = told("tasks", "check", str(tmp_path / "few.task.yaml"))
    assert proven["gold_passes"] == 1
    assert proven["empty_passes"] == proven["cheats_pass"] == 0
    assert proven["splits"] == {"practice": 50 - proven["contaminated"], "gate": 50, "sealed": 50}


def test_a_checker_of_ones_own_is_a_function(tmp_path: Path) -> None:
    rows = rows_of("estimates.py", tmp_path)
    (proven,) = told("tasks", "check", str(EXAMPLES / "estimates.task.yaml"), f"task.rows={rows}")
    assert proven["gold_passes"] == 1
    assert 0 < float(str(proven["shuffled_passes"])) < 0.2, "other estimates are near now and then"
    assert proven["cheats_pass"] == 0
    assert len((EXAMPLES / "estimates.py").read_text().splitlines()) <= 27


@pytest.mark.skipif(find_spec("reasoning_gym") is None, reason="the extra `gym` is not installed")
def test_a_family_of_reasoning_gym_is_a_task() -> None:
    (proven,) = told("tasks", "check", "gym", "--config", str(EXAMPLES / "gym.yaml"))
    assert proven["gold_passes"] == 1
    assert proven["cheats_pass"] == 0
