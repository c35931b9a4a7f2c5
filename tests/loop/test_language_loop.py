"""A causal language model is the student of a whole loop: base, lessons, candidate, gate."""

import json
from pathlib import Path

import pytest
from language_maker import word_llama
from loop_runs import loop, run_folder
from problem_settings import of_problems

from reasoner.data.sources import open_source

pytestmark = pytest.mark.slow

EASY = {"difficulties": (1,), "base_difficulties": (1,), "max_number": 20, "distractor_rate": 0.0}
SMALL = [
    "student.kind=language", "data.difficulties=[1]", "data.base_difficulties=[1]", "domains.math.max_number=20",
    "domains.math.distractor_rate=0", "language.max_new_tokens=16", "language.max_prompt_tokens=120",
    "language.learning_rate=0.002", "teacher.calls=10", "teacher.problems_per_call=8",
]  # fmt: skip


def llama(folder: Path, *, width: int, layers: int) -> str:
    """A fresh Llama that has seen no story, but whose tokenizer knows their words."""
    problems = open_source(of_problems(7, **EASY)).base_problems(2000, 7)
    return word_llama(folder, [*(p.question for p in problems), *["Question: Answer:"] * 9], width=width, layers=layers)


@pytest.mark.parametrize("rank", [0, 4])
def test_a_language_model_goes_through_the_loop(tmp_path: Path, rank: int) -> None:
    model = llama(tmp_path / "model", width=64, layers=2)
    home = tmp_path / "home"
    trained = ("language.base_updates=20", f"language.lora_rank={rank}", f"student.model={model}")
    ended = loop(home, *SMALL, *trained)
    assert ended.code == 0, ended.words
    assert ended.of("decision")[0]["n"] == 50
    candidate = home / "checkpoints" / f"{run_folder(home).name}-c1"
    said = json.loads((candidate / "checkpoint.json").read_text())
    assert said["kind"] == "language"
    assert said["settings"]["stored"] == ("adapter" if rank else "weights")
    assert said["about"]["examples"] > 10
    assert said["about"].get("core") == (said["about"]["parent"] if rank else None)


TRAINED = ("language.base_updates=20", "language.lora_rank=4")


def test_a_candidate_that_moves_too_far_ends_its_cycle_and_not_the_run(tmp_path: Path) -> None:
    model = llama(tmp_path / "model", width=64, layers=2)
    words = (*SMALL, *TRAINED, "language.kl_budget=1e-6", "teacher.calls=2")
    ended = loop(tmp_path / "home", *words, f"student.model={model}", cycles=2)
    assert ended.code == 0, ended.words
    failed = [job for job in ended.of("job") if job["state"] == "failed"]
    assert len(failed) == 2
    assert all("nats a token away" in job["error"] for job in failed)
    assert [one["verdict"] for one in ended.of("decision")] in ([], ["keep", "keep"])


def test_its_own_right_answers_teach_it(tmp_path: Path) -> None:
    model = llama(tmp_path / "model", width=128, layers=2)
    words = (*SMALL, "language.base_updates=250", "language.lora_rank=0", "teach.from=own")
    ended = loop(tmp_path, *words, f"student.model={model}")
    assert ended.code in (0, 4), ended.words
    rows = [json.loads(line) for line in (run_folder(tmp_path) / "dataset" / "1.jsonl").read_text().splitlines()]
    assert {row["source"] for row in rows} == {"self"}


def test_its_own_wrong_attempts_are_weighed_against_right_ones(tmp_path: Path) -> None:
    model, home = llama(tmp_path / "model", width=64, layers=2), tmp_path / "pairs"
    words = (*SMALL, "language.base_updates=60", "language.lora_rank=4")
    ended = loop(home, *words, "teach.from=gold", "language.objective=dpo", f"student.model={model}")
    assert ended.code in (0, 4), ended.words
    (job,) = [job for job in ended.of("job") if "pairs" in job["result"]]
    rows = [json.loads(line) for line in (run_folder(home) / "dataset" / "1.jsonl").read_text().splitlines()]
    assert job["result"]["pairs"] == sum("wrong" in row for row in rows) > 0
