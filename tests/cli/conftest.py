"""A command line in an empty folder; its heavy work is played, its stores and files are real."""

import sys
from pathlib import Path
from typing import Any

import pytest
from played import REASON, RUN, Command, Stage
from typer.testing import CliRunner

import reasoner
from memory.promotion import enthrone_base
from memory.store.checkpoints import CheckpointStore
from memory.store.database import open_database
from memory.store.decisions import DecisionStore
from memory.store.jobs import JobStore
from memory.store.runs import RunStore
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.job import JobSpec
from reasoner.types.report import Comparison, Decision


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    from reasoner import bootstrap

    stage = Stage("reasoner.bootstrap")
    stage.__path__ = list(bootstrap.__path__)  # what is not played is real
    vars(stage)["searching"] = bootstrap.searching
    monkeypatch.setitem(sys.modules, "reasoner.bootstrap", stage)
    monkeypatch.setattr(reasoner, "bootstrap", stage, raising=False)
    return stage


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `reasoner ...` in an empty folder with its own home."""
    from reasoner.cli.main import app

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REASONER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "160")
    return lambda *arguments, **how: CliRunner().invoke(app, list(arguments), prog_name="reasoner", **how)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one run of one cycle: a base, a candidate that may rule, one that may not, and a job."""
    folder = tmp_path / "home"
    database = open_database(folder)
    RunStore(database).create(RUN, "0123456789ab", {}, 0)
    for name, parent in (("base", ""), ("good", "base"), ("bad", "base")):
        kind = "candidate" if parent else "base"
        record = Checkpoint(id=name, fingerprint="0f" * 8, parent=parent, kind=kind, run=RUN, cycle=1 if parent else 0)
        CheckpointStore(database).add(record)
        if not parent:
            enthrone_base(database, record)
    compared = Comparison(n=60, wins=9, losses=0, gain=0.15, ci95=(0.05, 0.25), p=0.002, vetoes=())
    for name, verdict in (("good", "promote"), ("bad", "reject")):
        common: dict[str, Any] = {
            "verdict": verdict,
            "run": RUN,
            "cycle": 1,
            "champion": "base",
            "comparison": compared,
            "alpha": 0.025,
        }
        DecisionStore(database).record(Decision(id=f"d-{name}", candidate=name, reason=REASON, **common))
    job = JobStore(database).file(JobSpec(key=f"{RUN}/cycle-1/train", kind="finetune", payload={"seed": 0}))
    log = folder / "jobs" / job.id / "log.txt"
    log.parent.mkdir(parents=True)
    log.write_text("[update 10] loss 0.4\n")
    database.close()
    return folder
