"""Kill -9 anywhere, run the same command: it goes on, pays for nothing twice, and ends with the same champion."""

import json
import os
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from loop_runs import Ended, Running, begin, loop, loop_until, paid_calls, run_folder

from memory.locks import pid_of
from memory.store.database import open_database
from memory.store.jobs import JobStore

NODES = ("prepare", "evaluate", "mine", "teach", "check", "remember", "train", "examine", "decide", "report")

pytestmark = pytest.mark.slow


def same_outcome(home: Path, ended: Ended, reference: tuple[Path, Ended]) -> None:
    other, expected = reference
    assert ended.code == expected.code == 0, ended.words
    assert ended.done["fingerprint"] == expected.done["fingerprint"]
    assert ended.done["teacher_calls"] == expected.done["teacher_calls"] == 4
    assert candidates(home) == candidates(other)
    assert paid_calls(home) == paid_calls(other)
    keys = [
        line.split('"key": "')[1].split('"')[0] for line in (run_folder(home) / "events.jsonl").read_text().splitlines()
    ]
    assert len(keys) == len(set(keys))


def candidates(home: Path) -> list[str]:
    """Fingerprints of all checkpoints."""
    return sorted(json.loads(p.read_text())["fingerprint"] for p in home.glob("checkpoints/*/checkpoint.json"))


def test_a_run_killed_as_a_node_with_effects_begins_ends_like_an_undisturbed_one(
    tmp_path: Path, undisturbed: tuple[Path, Ended]
) -> None:
    """The state of the node before is saved. The other side of each boundary is the next test's."""
    for node in ("prepare", "teach", "remember", "train", "decide"):
        code = loop_until(tmp_path, f"cycle {0 if node == 'prepare' else 1}  {node} ")
        assert code == -signal.SIGKILL, f"the run ended with {code} before {node} began"
    same_outcome(tmp_path, loop(tmp_path), undisturbed)


def test_a_run_killed_as_every_node_has_done_its_work_ends_like_an_undisturbed_one(
    tmp_path: Path, undisturbed: tuple[Path, Ended]
) -> None:
    """The event of a node's end is written before its state is saved: the node runs again.

    On a busy machine a kill may come so late that the next, quick node has been done too, or even the run; what a kill
    came too late for is passed over.
    """
    kills = 0
    for node in NODES:
        if was_done(tmp_path, node):
            continue
        code = loop_until(tmp_path, f'"node": "{node}"')
        if code == 0:
            assert was_done(tmp_path, NODES[-1]), "the run ended without its last node"
            break
        assert code == -signal.SIGKILL, f"the run ended with {code} before {node} was done"
        kills += 1
    assert kills > len(NODES) / 2
    assert loop_until(tmp_path, '"event": "done"') in (0, -signal.SIGKILL)
    same_outcome(tmp_path, loop(tmp_path), undisturbed)
    assert "has not ended" not in (run_folder(tmp_path) / "report.md").read_text()


def test_a_run_killed_between_a_nodes_outcome_and_the_next_step_goes_on(
    tmp_path: Path, undisturbed: tuple[Path, Ended]
) -> None:
    """LangGraph saves what a node returned first, then the step that follows from it: here the second is missing."""
    home, node = tmp_path / "home", "evaluate"
    shutil.copytree(undisturbed[0], home)
    forget_events_after(home, node)
    with closing(sqlite3.connect(home / "reasoner.db")) as database, database:
        database.execute("UPDATE runs SET state = 'running', cycles_done = 0")
    with closing(sqlite3.connect(home / "graph.db")) as graph, graph:
        # Of a run of one cycle the first step is the input, the last is after `report`.
        doomed = "(SELECT checkpoint_id FROM checkpoints ORDER BY checkpoint_id LIMIT -1 OFFSET ?)"
        for table in ("writes", "checkpoints"):
            graph.execute(f"DELETE FROM {table} WHERE checkpoint_id IN {doomed}", (2 + NODES.index(node),))
    same_outcome(home, loop(home), undisturbed)
    ends = [line for line in (run_folder(home) / "events.jsonl").read_text().splitlines() if '"event": "node"' in line]
    assert len(ends) == len(NODES)


def forget_events_after(home: Path, node: str) -> None:
    """Leaves the events as they were when a node had just ended."""
    path = run_folder(home) / "events.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    (last,) = (i for i, line in enumerate(lines) if f'"node": "{node}"' in line)
    path.write_text("".join(lines[: last + 1]))


def was_done(home: Path, node: str) -> bool:
    """Whether the run has told the end of a node."""
    return any(f'"node": "{node}"' in path.read_text() for path in home.glob("runs/*/events.jsonl"))


@pytest.mark.parametrize("kind", ["base", "finetune"])
def test_a_run_whose_parent_and_child_are_killed_in_training_goes_on_from_the_state(
    tmp_path: Path, undisturbed: tuple[Path, Ended], kind: str
) -> None:
    home = tmp_path / "home" if kind == "base" else begin(tmp_path / "home")
    child = kill_in_training(home, kind)
    same_outcome(home, loop(home), undisturbed)
    assert child["attempts"] + 1 == job_of(home, kind)["attempts"]


def kill_in_training(home: Path, kind: str) -> dict[str, Any]:
    """Kills parent and child once the child has saved a state; returns the job as it was left."""
    parent = Running(home)
    for _ in range(6000):
        job = job_of(home, kind) if (home / "reasoner.db").exists() else {}
        if job and (home / "jobs" / job["id"] / "state.safetensors").exists():
            assert job["pid"], "the child was faster than the test; give it more updates"
            # Held still first: on a busy machine it would end between this look and its death.
            os.kill(job["pid"], signal.SIGSTOP)
            job = job_of(home, kind)
            assert job["state"] == "running", "the child was faster than the test; give it more updates"
            parent.kill()
            os.kill(job["pid"], signal.SIGKILL)
            return job
        time.sleep(0.01)
    pytest.fail("no training state appeared in a minute")


def job_of(home: Path, kind: str) -> dict[str, Any]:
    """The only job of a kind as it stands; empty before it is filed."""
    database = open_database(home)
    try:
        store = JobStore(database)
        jobs = [j for j in store.list() if j.spec.kind == kind]
        if not jobs:
            return {}
        mark = store.process(jobs[0].id)
        return {**jobs[0].model_dump(), "pid": pid_of(mark) if mark else 0}
    finally:
        database.close()


def test_ctrl_c_saves_says_so_and_ends_with_130(begun: Path, undisturbed: tuple[Path, Ended]) -> None:
    assert loop_until(begun, "cycle 1  train ", with_signal=signal.SIGINT) == 130
    same_outcome(begun, loop(begun), undisturbed)


def test_a_finished_run_answers_at_once_and_does_nothing(tmp_path: Path, undisturbed: tuple[Path, Ended]) -> None:
    home, first = tmp_path / "home", undisturbed[1]
    shutil.copytree(undisturbed[0], home)
    before = (run_folder(home) / "events.jsonl").read_bytes()
    again = loop(home)
    assert again.code == 0
    assert again.done["fingerprint"] == first.done["fingerprint"]
    assert (run_folder(home) / "events.jsonl").read_bytes() == before
