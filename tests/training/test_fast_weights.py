"""A candidate of fast weights: its core's weights and what was added within the budget; loads like any student."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from student_maker import small_student, some_problems

from reasoner.config.loading import load_settings
from reasoner.config.settings import Settings
from reasoner.data.sources import open_source
from reasoner.errors import ConfigError
from reasoner.models.checkpoints import fingerprint, load_student, save_student
from reasoner.storage.checkpoint_file import read_checkpoint
from reasoner.training.adapters import Adapters, read_factors
from reasoner.training.divergence import divergence, expectations
from reasoner.training.fast_weights import FastWeights
from reasoner.training.feed import encode
from reasoner.training.work import Workplace, candidate_payload, train_candidate

pytestmark = pytest.mark.slow

PROBLEMS = some_problems(40)
QUICK = ["train.min_round_trip=0", "train.finetune_updates=6", "train.finetune_epochs=20", "train.checkpoint_every=2"]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Holds a base and a cycle's training rows."""
    save_student(small_student(), tmp_path / "checkpoints" / "base", about={})
    rows = [{"prompt": p.question, "completion": "\n".join(p.steps)} for p in PROBLEMS]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def settings_of(*words: str) -> Settings:
    return load_settings("tiny", ["train.adapter_rank=4", *QUICK, *words], {}, None)


def trained(home: Path, name: str, *words: str, parent: str = "base", cycle: int = 1, stop_after: int = -1) -> Any:
    settings = settings_of(*words)
    payload = candidate_payload(
        settings, cycle=cycle, parent=parent, checkpoint=name, rows="rows.jsonl", examples=len(PROBLEMS), threads=1
    )
    folder, asked = home / "jobs" / name, iter(range(1, 10_000))
    folder.mkdir(parents=True, exist_ok=True)
    place = Workplace(home, folder, lambda share, note: None, lambda: next(asked) == stop_after)
    return train_candidate(payload, place)


def changed(home: Path, one: str, other: str) -> set[str]:
    """Names of the tensors in which two checkpoints differ."""
    first, second = (load_student(home / "checkpoints" / name).net.state_dict() for name in (one, other))
    assert first.keys() == second.keys()
    return {name for name in first if not torch.equal(first[name], second[name])}


def test_only_linear_maps_change_by_a_matrix_of_low_rank_and_the_core_is_named(home: Path) -> None:
    result = trained(home, "one", "train.kl_budget=100")
    assert (result["core"], result["adapter_rank"], result["kept"]) == ("base", 4, 1.0)
    assert result["kl"] > 0
    differ = changed(home, "base", "one")
    assert differ
    assert all(name.endswith(".weight") for name in differ)
    assert {name.partition(".")[0] for name in differ} == {"question_encoder", "predictor", "decoder"}
    old, new = (load_student(home / "checkpoints" / name).net.state_dict() for name in ("base", "one"))
    widest = max(differ, key=lambda name: old[name].numel())
    assert torch.linalg.matrix_rank(new[widest] - old[widest], atol=1e-6) <= 4
    assert read_checkpoint(home / "checkpoints" / "one").about["core"] == "base"


def test_the_next_cycle_goes_on_from_the_additions_on_the_same_core(home: Path) -> None:
    trained(home, "one", "train.kl_budget=100")
    result = trained(home, "two", "train.kl_budget=100", parent="one", cycle=2)
    assert (result["core"], result["parent"]) == ("base", "one")
    old, new = (load_student(home / "checkpoints" / name).net.state_dict() for name in ("base", "two"))
    for name in changed(home, "base", "two"):
        assert torch.linalg.matrix_rank(new[name] - old[name], atol=1e-6) <= 4
    begun = FastWeights(settings_of(), home / "checkpoints", "one", open_source(settings_of()), 2)
    assert begun.settle().about["kl"] == pytest.approx(0, abs=1e-6), "untrained, it is its parent"


def test_a_change_beyond_the_budget_is_taken_back_to_within_it(home: Path) -> None:
    free = trained(home, "free", "train.kl_budget=100")
    budget = free["kl"] / 3
    bound = trained(home, "bound", f"train.kl_budget={budget}")
    assert 0 < bound["kl"] <= budget
    assert 0 < bound["kept"] < 1
    items = encode(load_student(home / "checkpoints" / "base").tokenizers, PROBLEMS)
    base, near, far = (expectations(load_student(home / "checkpoints" / n), items) for n in ("base", "bound", "free"))
    assert 0 < divergence(base, near) < divergence(base, far)
    assert divergence(base, base) == 0


def test_stopped_and_gone_on_it_is_the_same_to_the_bit(home: Path) -> None:
    whole = trained(home, "whole")
    with pytest.raises(KeyboardInterrupt):
        trained(home, "broken", stop_after=3)
    assert not (home / "checkpoints" / "broken").exists()
    assert trained(home, "broken")["fingerprint"] == whole["fingerprint"]


def test_additions_of_another_rank_are_refused_and_training_all_weights_makes_a_new_core(home: Path) -> None:
    trained(home, "one")
    with pytest.raises(ConfigError, match=r"given 8, but 'one' has additions of rank 4"):
        trained(home, "two", "train.adapter_rank=8", parent="one")
    assert "core" not in trained(home, "deep", "train.adapter_rank=0", parent="one")
    assert read_factors(home / "checkpoints" / "deep") == {}


def test_untrained_additions_change_nothing() -> None:
    student = small_student()
    before = fingerprint(student)
    adapters = Adapters(student.net, rank=4, seed=0)
    assert {name.rpartition(".")[2] for name, _ in student.net.trainable()} == {"weight"}
    assert all(".lora_" in name for name, _ in student.net.trainable())
    factors = adapters.merge()
    assert fingerprint(student) == before
    assert {name.rpartition(".")[2] for name in factors} == {"a", "b"}
