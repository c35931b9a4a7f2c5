"""Which parts a candidate's fine-tuning changes, by its stage."""

import json
from pathlib import Path

import pytest
import torch
from student_maker import small_student, some_problems

from reasoner.config.loading import load_settings
from reasoner.models.checkpoints import load_student, save_student
from reasoner.training.work import Workplace, candidate_payload, train_candidate

PROBLEMS = some_problems(40)
QUICK = ["train.min_round_trip=0", "train.finetune_updates=4", "train.finetune_epochs=20"]


@pytest.mark.parametrize(
    ("stage", "learns", "stays"),
    [
        ("predictor", {"predictor", "question_encoder"}, {"decoder", "step_encoder"}),
        ("decoder", {"decoder", "step_encoder", "target_encoder"}, {"predictor", "question_encoder"}),
        ("joint", {"decoder", "step_encoder", "target_encoder", "predictor", "question_encoder"}, set()),
    ],
)
def test_a_stage_alone_changes_only_its_parts(tmp_path: Path, stage: str, learns: set[str], stays: set[str]) -> None:
    torch.set_num_threads(1)
    save_student(small_student(), tmp_path / "checkpoints" / "base", about={})
    rows = [{"prompt": p.question, "completion": "\n".join(p.steps)} for p in PROBLEMS]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    settings = load_settings("tiny", [*QUICK, f"train.finetune_stage={stage}"], {}, None)
    payload = candidate_payload(
        settings, cycle=1, parent="base", checkpoint="next", rows="rows.jsonl", examples=len(PROBLEMS), threads=1
    )
    train_candidate(payload, Workplace(tmp_path, tmp_path, lambda *_: None, lambda: False))
    before, after = (load_student(tmp_path / "checkpoints" / name).net.state_dict() for name in ("base", "next"))
    changed = {name.partition(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert learns <= changed
    assert not stays & changed
