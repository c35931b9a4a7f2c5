"""Training in bfloat16: other bits, the same learning, and float32 weights."""

from pathlib import Path

import pytest
import torch

from reasoner.config.loading import load_settings
from reasoner.config.settings import ComputeSettings
from reasoner.models.checkpoints import load_student
from reasoner.training.precision import precision_of
from reasoner.training.work import Workplace, base_spec, train_base

WORDS = ["train.base_updates=30", "train.decoder_updates=4", "train.min_round_trip=0", "student.speller=true"]


def trained(tmp_path: Path, precision: str) -> tuple[str, torch.nn.Module]:
    more = [*WORDS, f"compute.precision={precision}", "loss.own_latents=0.5"]
    payload = base_spec(load_settings("tiny", more, {}, None), threads=1).payload
    folder = tmp_path / precision
    folder.mkdir()
    result = train_base(payload, Workplace(tmp_path, folder, lambda *_: None, lambda: False))
    return (folder / "losses.jsonl").read_text(), load_student(tmp_path / "checkpoints" / result["checkpoint"]).net


def test_bfloat16_changes_bits_and_hardly_the_losses(tmp_path: Path) -> None:
    (exact, plain), (rounded, net) = (trained(tmp_path, kind) for kind in ("float32", "bfloat16"))
    decode = [float(log.split('"decode": ')[1].split(",")[0]) for log in (exact, rounded)]
    assert decode[0] == pytest.approx(decode[1], rel=0.1)
    assert exact != rounded
    assert {p.dtype for p in net.parameters()} == {p.dtype for p in plain.parameters()} == {torch.float32}


@pytest.mark.parametrize(("units", "chosen"), [({"avx2": True}, "float32"), ({"amx_bf16": True}, "bfloat16")])
def test_the_units_of_the_processor_decide_unless_it_is_set(
    units: dict[str, bool], chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: units)
    assert precision_of(ComputeSettings()) == chosen
    assert precision_of(ComputeSettings(precision="float32")) == "float32"
    assert precision_of(ComputeSettings(precision="bfloat16")) == "bfloat16"
