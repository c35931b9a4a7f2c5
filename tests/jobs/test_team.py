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
from jobs.team import remove_leftovers
from memory.store.database import open_database
from memory.store.jobs import JobStore
from reasoner.config.loading import load_settings
from reasoner.errors import ConfigError, TrainingFailed
from reasoner.models.tokenizers import EncodedQuestion
from reasoner.training.feed import Item, SharedFeed
from reasoner.training.team import Board, Team, join_team
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


@pytest.mark.usefixtures("joined")
def test_a_board_gives_the_mean_of_what_stands_on_it(tmp_path: Path) -> None:
    board = Board(tmp_path / "board", rank=1, size=2)
    for ones in (3.0, 5.0, 7.0, 9.0):
        assert board.mean(torch.full((4,), ones), most=6).tolist() == [ones / 2] * 4
    rows = torch.from_file(str(tmp_path / "board"), shared=True, size=24).view(2, 2, 6)
    assert rows[:, 1, :4].tolist() == [[7.0] * 4, [9.0] * 4]
    assert not rows[:, 0].any()
    assert not rows[:, 1, 4:].any()


def test_the_mean_over_processes_leaves_missing_gradients_alone(joined: Team) -> None:
    team = Team(rank=0, size=joined.size + 1)  # as if the other one had found no gradient at all
    first, second = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(3))
    first.grad = torch.tensor([2.0, 4.0])
    team.mean_gradients([first, second])
    assert first.grad.tolist() == [1.0, 2.0]
    assert second.grad is None
    assert team.any(True, "cpu")
    assert not team.any(False, "cpu")


def test_every_block_falls_to_one_of_the_team() -> None:
    class Numbers:
        def block(self, number: int, size: int) -> list[Item]:
            return [Item(EncodedQuestion([number], []), []) for _ in range(size)]

    feeds = [SharedFeed(Numbers(), Team(rank, 3)) for rank in range(3)]
    drawn = [item.question.ids[0] for number in range(4) for feed in feeds for item in feed.block(number, 2)]
    assert drawn == [number for number in range(12) for _ in range(2)]


@pytest.mark.skipif(torch.cuda.is_available(), reason="here there is a GPU")
def test_a_gpu_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match="finds no GPU here"):
        spec("compute.device=cuda")


def test_what_is_usual_leaves_a_jobs_key_as_it_was() -> None:
    usual, processes, precise = "compute.precision=float32", "compute.processes=2", "compute.precision=bfloat16"
    assert set(spec(usual).payload) == {"settings", "domain", "threads", "device", "checkpoint"}
    assert spec(usual, processes).payload["processes"] == 2
    assert spec(precise).payload["precision"] == "bfloat16"
    assert len({spec(*words).key for words in ([usual], [usual, processes], [precise])}) == 3


def test_what_a_killed_team_left_is_removed_at_the_next_start_and_what_the_living_use_stays(tmp_path: Path) -> None:
    dead = [tmp_path / name for name in ("meeting-999999999", "meeting-999999999-board", "team.json.partial-999999999")]
    alive = [tmp_path / f"meeting-{os.getpid()}", tmp_path / "losses.jsonl"]
    for path in (*dead, *alive):
        path.touch()
    remove_leftovers(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(alive)
