"""A loop whose gate asks block by block, killed within it."""

import json
import time
from pathlib import Path

import pytest
from loop_runs import Running, loop, run_folder

from agents.decision_check import DecisionChecker
from memory.store.database import open_database
from memory.store.decisions import DecisionStore

pytestmark = pytest.mark.slow

EARLY = ("gate.test=e_process", "gate.block=5")


def of_the_gate(home: Path) -> dict[str, bytes]:
    """What champion and candidate were asked, by the name of the checkpoint without its run."""
    run = run_folder(home).name
    files = sorted((run_folder(home) / "evals" / "1").glob("gate-*.jsonl"))
    return {file.name.replace(run, "run"): file.read_bytes() for file in files}


def decisions(home: Path) -> list[dict[str, object]]:
    lines = (run_folder(home) / "events.jsonl").read_text().splitlines()
    told = [event for event in map(json.loads, lines) if event["event"] == "decision"]
    return [{name: event[name] for name in ("verdict", "n", "asked", "of", "wins", "losses", "p")} for event in told]


def test_a_kill_within_an_early_stopping_gate_changes_no_decision(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert loop(whole, *EARLY).code == 0
    running = Running(cut, *EARLY)
    while not list(cut.glob("runs/*/evals/1/gate-*.jsonl")):
        assert not running.has_ended(), "it ended before its gate began"
        time.sleep(0.01)
    running.kill()
    ended = loop(cut, *EARLY)
    assert ended.code == 0, ended.words
    assert of_the_gate(cut) == of_the_gate(whole)
    assert decisions(cut) == decisions(whole)
    (told,) = decisions(cut)
    assert told["of"] == 50
    assert {len(lines.splitlines()) for lines in of_the_gate(cut).values()} == {told["asked"]}
    report = (run_folder(cut) / "report.md").read_text()
    assert f"({told['asked']} of 50 asked)" in report
    database = open_database(cut)
    for decision in DecisionStore(database).for_run(run_folder(cut).name):
        if decision.verdict == "promote":
            DecisionChecker(cut, database)(decision)
    database.close()
