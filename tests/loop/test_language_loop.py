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
