"""Right solutions against the student's own wrong attempts: the loss, its reference, and a kill on the way."""

from pathlib import Path
from typing import Any

import pytest
import torch
from language_jobs import LEARNT, AtTheThird, Killed, base, candidate, student
from language_maker import character_llama, language_settings

from reasoner.errors import TrainingFailed
from reasoner.students.language.chances import log_chances
from reasoner.students.language.preference import preference_loss, referred, with_rejected
from reasoner.students.language.student import LanguageStudent
from reasoner.students.language.template import Row

DPO: dict[str, Any] = {"objective": "dpo", "learning_rate": 1e-2, "epochs": 6}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return character_llama(tmp_path_factory.mktemp("llama") / "model")


def wrong(question: str) -> tuple[str, ...]:
    """The sum one too large; of sums with 3 there is none."""
    first, second = int(question[0]), int(question[4])
    return () if first == 3 else (f"{first}+{second}={first + second + 1}",)


def pairs(made: LanguageStudent) -> list[Row]:
    rows = [made.template.pair(q, s, wrong(q)) for q, s in LEARNT]
    return [row for row in rows if row is not None]


def likelihood(made: LanguageStudent, row: Row) -> float:
    """Of a row's whole solution, from transformers' own loss."""
    with torch.no_grad():
        said = made.model.network(input_ids=torch.tensor([row.ids]), labels=torch.tensor([row.targets]))
    return -float(said.loss) * row.taught


def margins(made: LanguageStudent) -> list[float]:
    """How much likelier each right solution is than its wrong one."""
    return [likelihood(made, row) - likelihood(made, row.rejected) for row in pairs(made) if row.rejected]


def test_the_reference_is_the_model_without_additions(tmp_path: Path, model: str) -> None:
    parent = base(tmp_path, model)["checkpoint"]
    bare = student(tmp_path, parent)
    reference = [row.margin for row in referred(bare.model, pairs(bare)) if row.rejected]
    assert reference == pytest.approx(margins(bare), abs=1e-3)
    candidate(tmp_path, model, parent, wrong=wrong, lora_rank=4, **DPO)
    found = student(tmp_path, "c1")
    assert found.adapter is not None
    with found.adapter.off():
        assert margins(found) == pytest.approx(reference, abs=1e-3)


def test_the_loss_is_that_of_the_paper(tmp_path: Path, model: str) -> None:
    bare = student(tmp_path, base(tmp_path, model)["checkpoint"])
    rows = [*pairs(bare)[:5], pairs(bare)[-1]]
    assert [row.rejected is None for row in rows] == [False] * 5 + [True]
    moved = [Row(r.ids, r.start, r.rejected, margin=0.3 * i) for i, r in enumerate(rows)]
    with torch.no_grad():
        loss = preference_loss(*log_chances(bare.model.network, with_rejected(moved), pad=0), moved, beta=0.5)
    each = [torch.tensor(0.5 * (one - 0.3 * i)).sigmoid().log() for i, one in enumerate(margins(bare)[:5])]
    assert float(loss) == pytest.approx(-float(sum(each)), abs=1e-3)


def test_wrong_attempts_become_less_likely_beside_right_ones(tmp_path: Path, model: str) -> None:
    parent = base(tmp_path, model)["checkpoint"]
    made = candidate(tmp_path, model, parent, wrong=wrong, lora_rank=8, **DPO)
    assert (made["examples"], made["pairs"]) == (12, 9)
    plain = candidate(tmp_path, model, parent, name="c2", wrong=wrong, lora_rank=8, **{**DPO, "objective": "sft"})
    assert "pairs" not in plain
    before, by_pairs, alone = (sum(margins(student(tmp_path, name))) for name in (parent, "c1", "c2"))
    assert by_pairs > alone
    assert by_pairs > before


def test_without_wrong_attempts_it_learns_right_solutions_or_says_that_nothing_is_left(
    tmp_path: Path, model: str
) -> None:
    parent = base(tmp_path, model)["checkpoint"]
    made = candidate(tmp_path, model, parent, lora_rank=4, epochs=1, objective="dpo")
    same = candidate(tmp_path, model, parent, name="c2", lora_rank=4, epochs=1)
    assert made["pairs"] == 0
    assert made["fingerprint"] == same["fingerprint"]
    with pytest.raises(TrainingFailed, match=r"dpo_sft above 0"):
        candidate(tmp_path, model, parent, name="c3", lora_rank=4, objective="dpo", dpo_sft=0)


@pytest.mark.parametrize("rank", [0, 4])
@pytest.mark.parametrize("lost", [False, True], ids=["stopped", "killed"])
def test_a_candidate_of_pairs_that_was_stopped_becomes_the_same_to_the_bit(
    tmp_path: Path, model: str, rank: int, lost: bool
) -> None:
    how: dict[str, Any] = {"lora_rank": rank, "accumulate": 2, "epochs": 4, "checkpoint_every": 2 if lost else 100}
    how |= {"objective": "dpo", "dpo_beta": 0.3, "dpo_sft": 0.5}
    begun, again = tmp_path / "begun", tmp_path / "again"
    for home in (begun, again):
        home.mkdir()
    through = candidate(begun, model, base(begun, model, lora_rank=rank)["checkpoint"], wrong=wrong, **how)
    parent = base(again, model, lora_rank=rank)["checkpoint"]
    with pytest.raises(Killed if lost else KeyboardInterrupt):
        candidate(again, model, parent, AtTheThird(dies=lost), wrong=wrong, **how)
    assert candidate(again, model, parent, wrong=wrong, **how)["fingerprint"] == through["fingerprint"]


def test_a_run_says_whether_it_asks_for_wrong_attempts() -> None:
    assert language_settings("m", objective="dpo").learns_from_wrong
    assert not language_settings("m").learns_from_wrong
