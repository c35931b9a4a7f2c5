"""Processes that train together: they end with one student, the same one after a kill."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import distributed, nn

from jobs.queue import run_job
from memory.store.database import open_database
from memory.store.jobs import JobStore
from reasoner.config.loading import load_settings
from reasoner.errors import ConfigError, TrainingFailed
from reasoner.training.feed import Batches, FreshFeed
from reasoner.training.team import ALONE, Team, join_team
from reasoner.training.work import base_spec
from reasoner.types.job import Job, JobSpec

QUICK = ["train.base_updates=28", "train.decoder_updates=4", "train.checkpoint_every=4", "train.min_round_trip=0"]


def spec(*words: str) -> JobSpec:
    return base_spec(load_settings("tiny", [*QUICK, *words], {}, None), threads=1)


def run(home: Path, job: JobSpec) -> Job:
    database = open_database(home)
    try:
        return run_job(database, home, job)
    finally:
        database.close()


def ranks_of(home: Path) -> list[int]:
    """Process ids of the ranks at work in a home."""
    found = list[int]()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if b"jobs.rank" in words and any(os.fsencode(home) in word for word in words):
                found.append(int(entry.name))
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds processes in /proc")
def test_two_processes_train_one_student_and_the_death_of_one_loses_nothing(tmp_path: Path) -> None:
    job = spec("compute.processes=2")
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    expected = run(undisturbed, job).result
    database = open_database(killed)
    folder = killed / "jobs" / JobStore(database).file(job).id
    database.close()

    def kill_one() -> None:
        while not (folder / "state.safetensors").exists():
            time.sleep(0.01)
        os.kill(max(ranks_of(killed)), signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    with pytest.raises(TrainingFailed, match="2 processes trained together"):
        run(killed, job)
    killer.join()
    assert ranks_of(killed) == []
    assert run(killed, job).result["fingerprint"] == expected["fingerprint"]
    assert json.loads((folder / "team_progress.json").read_text())["note"].startswith("update 25/28")


@pytest.fixture
def joined(tmp_path: Path) -> Iterator[Team]:
    yield join_team(tmp_path / "meeting", rank=0, size=1, device="cpu")
    distributed.destroy_process_group()


def test_the_mean_over_processes_leaves_missing_gradients_alone(joined: Team) -> None:
    team = Team(rank=0, size=joined.size + 1)  # as if the other one had found no gradient at all
    first, second = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(3))
    first.grad = torch.tensor([2.0, 4.0])
    team.mean_gradients([first, second])
    assert first.grad.tolist() == [1.0, 2.0]
    assert second.grad is None
    assert team.any(True, "cpu")
    assert not team.any(False, "cpu")


def test_shares_of_a_batch_make_up_the_batch() -> None:
    from reasoner.data.sources import open_source
    from reasoner.models.student import new_student

    settings = load_settings("tiny", [], {}, None)
    source = open_source(settings.data, 0)
    student = new_student(settings.student, [p.question for p in source.base_problems(50, 1)], seed=0)

    def questions(team: Team) -> list[tuple[int, ...]]:
        feed = FreshFeed(student.tokenizers, lambda n, at: list(source.base_problems(n, at)), seed=0)
        tokens = Batches(feed, batch_size=7, seed=0, team=team).at(3).question.tokens_BL.tolist()
        return [tuple(t for t in row if t) for row in tokens]

    shares = [questions(Team(rank, 3)) for rank in range(3)]
    assert sorted(row for share in shares for row in share) == sorted(questions(ALONE))
    assert {len(share) for share in shares} == {2, 3}


@pytest.mark.skipif(torch.cuda.is_available(), reason="here there is a GPU")
def test_a_gpu_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match="finds no GPU here"):
        spec("compute.device=cuda")


def test_what_is_usual_leaves_a_jobs_key_as_it_was() -> None:
    usual, processes, precise = "compute.precision=float32", "compute.processes=2", "compute.precision=bfloat16"
    assert set(spec(usual).payload) == {"settings", "threads", "device", "checkpoint"}
    assert spec(usual, processes).payload["processes"] == 2
    assert spec(precise).payload["precision"] == "bfloat16"
    assert len({spec(*words).key for words in ([usual], [usual, processes], [precise])}) == 3
