"""A language student behind its port: what it says, what is stored of it, and how it is trained again after a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from language_jobs import LEARNT, QUESTIONS, AtTheThird, Killed, base, candidate, student
from language_maker import character_llama, language_settings, workplace
from safetensors.torch import load_file, save_file
from tiny_writer import tiny_writer

from reasoner.config.settings import Settings
from reasoner.errors import CandidateFailed, NotFoundError, TrainingFailed, UsageError
from reasoner.models.continuing import continue_rows
from reasoner.storage.checkpoint_file import CheckpointFile, write_checkpoint
from reasoner.students import kind_named, kind_of


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return character_llama(tmp_path_factory.mktemp("llama") / "model")


def files(home: Path, name: str) -> set[str]:
    return {path.name for path in (home / "checkpoints" / name).iterdir()}


def test_a_base_without_updates_is_the_model_as_it_is(tmp_path: Path, model: str) -> None:
    made = base(tmp_path, model)
    assert files(tmp_path, made["checkpoint"]) == {"checkpoint.json"}
    found = student(tmp_path, made["checkpoint"])
    assert (found.kind, found.modes, found.template.form) == ("language", ("talk",), "block")
    theirs = load_file(Path(model) / "model.safetensors")
    ours = found.model.network.state_dict()
    assert all(torch.equal(ours[name], tensor) for name, tensor in theirs.items())
    folder = tmp_path / "checkpoints" / made["checkpoint"]
    assert kind_of(folder).fingerprint_of(folder) == made["fingerprint"]


def test_an_answer_is_the_same_alone_and_in_a_batch(tmp_path: Path, model: str) -> None:
    found = student(tmp_path, base(tmp_path, model)["checkpoint"])
    together = found.solve(QUESTIONS)
    alone = [found.solve([question])[0] for question in QUESTIONS]
    assert [one.steps for one in together] == [one.steps for one in alone]
    for one, other in zip(together, alone, strict=True):
        assert one.logprobs == pytest.approx(other.logprobs, abs=1e-4)
    assert found.solve([]) == []


def test_logprobs_are_those_of_the_model_read_again(tmp_path: Path, model: str) -> None:
    found = student(tmp_path, base(tmp_path, model)["checkpoint"])
    prompt = list(found.template.prompt(QUESTIONS[0]).ids)
    (written,) = continue_rows(found.model, [prompt], most_tokens=12)
    with torch.no_grad():
        said = torch.log_softmax(found.model.network(torch.tensor([[*prompt, *written.tokens]])).logits[0], -1)
    expected = [float(said[len(prompt) - 1 + i, token]) for i, token in enumerate(written.tokens)]
    assert list(written.logprobs[: len(expected)]) == pytest.approx(expected, abs=1e-4)
    assert [int(said[len(prompt) - 1 + i].argmax()) for i in range(len(expected))] == list(written.tokens)


def test_what_the_models_files_propose_for_writing_does_not_count(tmp_path: Path, model: str) -> None:
    found = student(tmp_path, base(tmp_path, model)["checkpoint"])
    plain = found.solve(QUESTIONS)
    found.model.network.generation_config.repetition_penalty = 5.0
    assert found.solve(QUESTIONS) == plain
    assert found.model.network.generation_config.repetition_penalty == 5.0


def test_vectors_are_units_and_long_questions_are_told(tmp_path: Path, model: str) -> None:
    found = student(tmp_path, base(tmp_path, model)["checkpoint"])
    vectors = found.embed(QUESTIONS)
    assert vectors.shape == (4, 32)
    assert (vectors**2).sum(-1) == pytest.approx([1.0] * 4, abs=1e-5)
    assert found.embed([]).shape == (0, 32)
    assert list(found.cuts(["short", "long " * 100])) == [False, True]


def test_additions_can_be_taken_off_and_put_on_again(tmp_path: Path, model: str) -> None:
    bare = student(tmp_path, base(tmp_path, model)["checkpoint"])
    made = candidate(tmp_path, model, base(tmp_path, model)["checkpoint"], lora_rank=4, epochs=8, learning_rate=2e-2)
    assert made["examples"] == len(LEARNT)
    assert {"adapter_model.safetensors", "adapter_config.json"} < files(tmp_path, "c1")
    found = student(tmp_path, "c1")
    assert found.adapter is not None
    with found.adapter.off():
        assert found.solve(QUESTIONS) == bare.solve(QUESTIONS)
    learnt = found.solve(QUESTIONS)
    assert learnt != bare.solve(QUESTIONS)
    with found.adapter.off():
        assert found.solve(QUESTIONS) == bare.solve(QUESTIONS)
    assert found.solve(QUESTIONS) == learnt


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated")
def test_peft_itself_reads_the_additions(tmp_path: Path, model: str) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    candidate(tmp_path, model, base(tmp_path, model)["checkpoint"], lora_rank=4, epochs=4)
    theirs = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(model), tmp_path / "checkpoints" / "c1")
    found = student(tmp_path, "c1")
    ids = torch.tensor([found.template.prompt(QUESTIONS[0]).ids])
    with torch.no_grad():
        assert torch.equal(theirs(ids).logits, found.model.network(ids).logits)


def test_transformers_itself_reads_a_student_whose_weights_were_all_trained(tmp_path: Path, model: str) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    candidate(tmp_path, model, base(tmp_path, model)["checkpoint"], epochs=1)
    folder = tmp_path / "checkpoints" / "c1"
    found, theirs = student(tmp_path, "c1"), AutoModelForCausalLM.from_pretrained(folder)
    prompt = found.template.prompt(QUESTIONS[0]).ids
    assert AutoTokenizer.from_pretrained(folder).decode(prompt) == found.model.tokenizer.decode(prompt)
    with torch.no_grad():
        assert torch.equal(theirs(torch.tensor([prompt])).logits, found.model.network(torch.tensor([prompt])).logits)
    assert kind_of(folder).name == "language"


@pytest.mark.parametrize("rank", [0, 4])
@pytest.mark.parametrize("lost", [False, True], ids=["stopped", "killed"])
def test_a_candidate_that_was_stopped_becomes_the_same_to_the_bit(
    tmp_path: Path, model: str, rank: int, lost: bool
) -> None:
    how: dict[str, Any] = {"lora_rank": rank, "accumulate": 2, "epochs": 4, "checkpoint_every": 2 if lost else 100}
    begun, again = tmp_path / "begun", tmp_path / "again"
    for home in (begun, again):
        home.mkdir()
    through = candidate(begun, model, base(begun, model, lora_rank=rank)["checkpoint"], **how)
    parent = base(again, model, lora_rank=rank)["checkpoint"]
    assert through["updates"] >= 6

    with pytest.raises(Killed if lost else KeyboardInterrupt):
        candidate(again, model, parent, AtTheThird(dies=lost), **how)
    assert (again / "jobs" / "c1" / "state.safetensors").exists()
    assert not (again / "checkpoints" / "c1").exists()
    assert candidate(again, model, parent, **how)["fingerprint"] == through["fingerprint"]


TRAINS = """
import sys
from pathlib import Path
from language_maker import language_settings, workplace
from reasoner.students import kind_named
home, model, rank = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
settings = language_settings(model, base_updates=60, checkpoint_every=5, lora_rank=rank)
spec = kind_named("language").base_spec(settings, threads=1)
print(kind_named("language").train("base", dict(spec.payload), workplace(home, "b"))["fingerprint"])
"""


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 4])
def test_a_process_that_was_killed_goes_on_to_the_same_bits(tmp_path: Path, model: str, rank: int) -> None:
    places = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])

    def begin(home: Path) -> subprocess.Popen[str]:
        home.mkdir(exist_ok=True)
        words = [sys.executable, "-c", TRAINS, str(home), model, str(rank)]
        return subprocess.Popen(words, env={**os.environ, "PYTHONPATH": places}, stdout=subprocess.PIPE, text=True)

    through, _ = begin(tmp_path / "through").communicate()
    killed = begin(tmp_path / "killed")
    while not (tmp_path / "killed" / "jobs" / "b" / "state.safetensors").exists():
        assert killed.poll() is None
        time.sleep(0.01)
    killed.kill()
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "killed" / "checkpoints").exists()
    again, _ = begin(tmp_path / "killed").communicate()
    assert again == through != ""


def test_a_trained_base_is_learnt_on_from(tmp_path: Path, model: str) -> None:
    first = base(tmp_path, model, base_updates=3)
    assert first["updates"] == 3
    assert "model.safetensors" in files(tmp_path, first["checkpoint"])
    candidate(tmp_path, model, first["checkpoint"], epochs=1)
    second = candidate(tmp_path, model, "c1", name="c2", epochs=1)
    assert second["parent"] == "c1"
    assert "core" not in second
    anew = candidate(tmp_path, model, first["checkpoint"], name="c3", epochs=1)
    assert anew["fingerprint"] != second["fingerprint"]


def test_additions_begin_at_the_base_whoever_is_champion(tmp_path: Path, model: str) -> None:
    how: dict[str, Any] = {"lora_rank": 2, "base_updates": 3}
    first = base(tmp_path, model, **how)
    assert "adapter_model.safetensors" in files(tmp_path, first["checkpoint"])
    one = candidate(tmp_path, model, first["checkpoint"], epochs=1, **how)
    other = candidate(tmp_path, model, "c1", name="c2", epochs=1, **how)
    assert one["core"] == other["core"] == first["checkpoint"]
    assert other["fingerprint"] == one["fingerprint"]
    with pytest.raises(UsageError, match="expected 2"):
        candidate(tmp_path, model, "c1", name="c3", lora_rank=3)
    with pytest.raises(UsageError, match="expected 2"):
        candidate(tmp_path, model, "c1", name="c3", lora_rank=0)


def test_rows_that_are_too_long_are_left_out_and_counted(tmp_path: Path, model: str) -> None:
    parent = base(tmp_path, model)["checkpoint"]
    long = [("1 + 1?", ("1+1=2" * 9,)), ("many words " * 60, ("1+1=2",))]
    made = candidate(tmp_path, model, parent, worked=[*LEARNT, *long], epochs=0.5)
    assert (made["examples"], made["left_out"]) == (len(LEARNT), 2)
    with pytest.raises(TrainingFailed, match=r"language\.max_prompt_tokens"):
        candidate(tmp_path, model, parent, name="c2", worked=long)


def test_a_candidate_that_moves_too_far_is_none_and_says_how_far(tmp_path: Path, model: str) -> None:
    parent = base(tmp_path, model)["checkpoint"]
    with pytest.raises(CandidateFailed, match=r"\d\.\d{3} nats a token"):
        candidate(tmp_path, model, parent, kl_budget=1e-4)
    with pytest.raises(CandidateFailed, match=r"language\.kl_budget=0\.0001 allows less"):
        candidate(tmp_path, model, parent, kl_budget=1e-4)
    near = candidate(tmp_path, model, parent, name="c2", kl_budget=1000, epochs=1)
    assert 0 < near["kl"] < 1000


def test_memory_that_runs_out_is_said_with_what_takes_less(
    tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = base(tmp_path, model)["checkpoint"]

    def full(*_: object, **__: object) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")

    monkeypatch.setattr("reasoner.students.language.tuning.log_chances", full)
    with pytest.raises(TrainingFailed, match=r"lower language\.batch_size"):
        candidate(tmp_path, model, parent)


def test_a_model_that_was_changed_since_is_refused(tmp_path: Path) -> None:
    changing = character_llama(tmp_path / "model")
    made = base(tmp_path, changing)
    file = Path(changing) / "model.safetensors"
    save_file({name: tensor * 1.01 for name, tensor in load_file(file).items()}, file, metadata={"format": "pt"})
    with pytest.raises(NotFoundError, match="it was changed since"):
        student(tmp_path, made["checkpoint"])


@pytest.mark.parametrize("rank", [0, 4])
def test_a_file_that_was_changed_is_refused(tmp_path: Path, model: str, rank: int) -> None:
    candidate(tmp_path, model, base(tmp_path, model, lora_rank=rank)["checkpoint"], lora_rank=rank, epochs=0.5)
    file = tmp_path / "checkpoints" / "c1" / ("adapter_model.safetensors" if rank else "model.safetensors")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(NotFoundError, match="changed after it was saved"):
        student(tmp_path, "c1")


@pytest.mark.parametrize("rank", [0, 4])
def test_activations_that_are_computed_again_change_no_weight(tmp_path: Path, model: str, rank: int) -> None:
    made = list[str]()
    for recompute in (False, True):
        home = tmp_path / str(recompute)
        home.mkdir()
        parent = base(home, model, lora_rank=rank)["checkpoint"]
        made.append(candidate(home, model, parent, lora_rank=rank, recompute=recompute, epochs=1)["fingerprint"])
    assert made[0] == made[1]


@pytest.mark.parametrize("rank", [0, 4])
def test_other_architectures_learn_too(tmp_path: Path, rank: int) -> None:
    gpt2 = tiny_writer(tmp_path / "model", positions=400)
    made = candidate(tmp_path, gpt2, base(tmp_path, gpt2, lora_rank=rank)["checkpoint"], lora_rank=rank, epochs=1)
    assert made["updates"] == 4
    assert len(student(tmp_path, "c1").solve(QUESTIONS)) == len(QUESTIONS)


@pytest.mark.parametrize("rank", [0, 4])
def test_a_student_in_half_precision_keeps_it_and_learns_in_full(tmp_path: Path, model: str, rank: int) -> None:
    def half(work: str, **payload: Any) -> None:
        told = language_settings(model, lora_rank=rank, epochs=1).model_dump(mode="json")
        settings = Settings.model_validate({**told, "compute": {"precision": "bfloat16"}})
        kind = kind_named("language")
        made = dict(kind.base_spec(settings, threads=1).payload)
        kind.train(work, {**made, **payload}, workplace(tmp_path, work))

    half("base", checkpoint="b")
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({"prompt": q, "completion": "", "steps": s}) + "\n" for q, s in LEARNT))
    half("finetune", checkpoint="c1", parent="b", cycle=1, rows=rows.name)
    found = student(tmp_path, "c1")
    assert found.model.network.dtype == torch.bfloat16
    if found.adapter:
        assert {tensor.dtype for tensor in found.adapter.factors().values()} == {torch.float32}
    assert len(found.solve(QUESTIONS)) == len(QUESTIONS)


def test_a_student_of_another_kind_is_not_gone_on_from(tmp_path: Path, model: str) -> None:
    folder = tmp_path / "checkpoints" / "other"
    folder.mkdir(parents=True)
    write_checkpoint(folder, CheckpointFile(kind="encoder", fingerprint="", settings={}, about={}))
    with pytest.raises(UsageError, match="student of kind encoder"):
        candidate(tmp_path, model, "other")
