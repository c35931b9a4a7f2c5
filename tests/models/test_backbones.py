"""Pretrained parts: found, frozen or tuned, cached, trained, saved and loaded again."""

from pathlib import Path

import pytest
import torch
from hugging_face import tiny_bert, tiny_gpt2
from student_maker import SHAPE, some_problems

from reasoner.config.loading import load_settings
from reasoner.errors import CollapseError, ConfigError, NotFoundError
from reasoner.models.backbones import FrozenBackbone
from reasoner.models.batches import pad_questions
from reasoner.models.checkpoints import WEIGHTS, fingerprint, load_student, save_student
from reasoner.models.decoder import write
from reasoner.models.greedy import solve
from reasoner.models.pretrained import load_encoder
from reasoner.models.student import Student, new_student
from reasoner.training.feed import Batches, FreshFeed
from reasoner.training.losses import losses
from reasoner.training.optimizer import StudentOptimizer
from reasoner.training.recipe import Recipe
from reasoner.training.work import Workplace, base_spec, train_base

BERT, GPT2 = "bert", "gpt2"
VARIANTS: dict[str, dict[str, object]] = {
    "frozen question": {"question_encoder": BERT},
    "frozen step": {"step_encoder": BERT},
    "both frozen": {"question_encoder": BERT, "step_encoder": BERT},
    "both tuned": {"question_encoder": BERT, "step_encoder": BERT, "backbone_training": "tuned"},
    "mlp": {"predictor": "mlp"},
    "z": {"latent_variable": 4},
    "language model": {"decoder": GPT2},
    "low rank": {"decoder": GPT2, "lora_rank": 2},
    "all frozen": {
        "question_encoder": BERT, "step_encoder": BERT, "predictor": "mlp", "latent_variable": 4, "decoder": GPT2,
        "lora_rank": 2,
    },
}  # fmt: skip
PROBLEMS = some_problems(60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a tiny encoder and a tiny language model."""
    root = tmp_path_factory.mktemp("models")
    tiny_bert(root / BERT)
    tiny_gpt2(root / GPT2)
    return root


def student_of(folder: Path, variant: str, *, cache: Path | None = None) -> Student:
    named = {k: str(folder / v) if v in (BERT, GPT2) else v for k, v in VARIANTS[variant].items()}
    settings = SHAPE.model_validate(SHAPE.model_dump() | named)
    return new_student(settings, [p.question for p in PROBLEMS], seed=0, cache=cache)


def train_a_little(student: Student, *, updates: int) -> list[float]:
    """Totals of the objective, on one batch again and again."""
    batches = Batches(FreshFeed(student.tokenizers, lambda n, _: PROBLEMS[:n], seed=0), batch_size=12, seed=0)
    recipe = Recipe(
        updates=updates, decoder_updates=0, predictor_updates=0, warmup=1, batch_size=12, adam_rate=3e-3,
        muon_rate=0.02, seed=0, threads=1, checkpoint_every=1, min_round_trip=0.0,
    )  # fmt: skip
    student.net.train()
    optimizer, totals = StudentOptimizer(student.net.trainable()), list[float]()
    for update in range(updates):
        batch, noise = batches.at(0), torch.Generator().manual_seed(update)
        found = losses(student.net, batch.question, batch.steps_BTL, recipe=recipe, stage="joint", noise=noise)
        found.total.backward()
        for name, p in student.net.named_parameters():
            assert (p.grad is not None) == p.requires_grad, name
        totals.append(float(found.total.detach()))
        optimizer.step(adam_rate=recipe.adam_rate, muon_rate=recipe.muon_rate)
        student.net.follow(0.99)
    student.net.eval()
    return totals


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_learns_with_gradients_in_all_that_is_trained_and_comes_back_the_same(
    folder: Path, variant: str, tmp_path: Path
) -> None:
    student = student_of(folder, variant)
    bodies = [m.body for m in (student.lent.question, student.lent.step, student.lent.decoder) if m]
    frozen = {(i, n): p.clone() for i, b in enumerate(bodies) for n, p in b.named_parameters() if not p.requires_grad}
    totals = train_a_little(student, updates=12)
    assert totals[-1] < 0.9 * totals[0]
    for (i, name), before in frozen.items():
        assert torch.equal(bodies[i].get_parameter(name), before), name
    mark = save_student(student, tmp_path / "one", about={})
    again = load_student(tmp_path / "one")
    assert fingerprint(again) == mark
    questions = [p.question for p in PROBLEMS[:4]]
    assert solve(again, questions) == solve(student, questions)


@pytest.mark.parametrize("variant", ["both frozen", "low rank"])
def test_frozen_weights_are_named_in_a_checkpoint_and_not_stored(folder: Path, variant: str) -> None:
    student = student_of(folder, variant)
    trained = {name for name, _ in student.net.trainable()}
    assert {n for n in student.net.state_dict() if not n.startswith("target_encoder")} == trained
    assert any(student.lent.marks)


def test_a_checkpoint_whose_frozen_encoder_was_changed_is_refused(folder: Path, tmp_path: Path) -> None:
    tiny_bert(tmp_path / BERT)
    save_student(student_of(tmp_path, "frozen question"), tmp_path / "one", about={})
    tiny_bert(tmp_path / BERT, seed=1)
    with pytest.raises(NotFoundError, match="was changed since"):
        load_student(tmp_path / "one")


def test_a_tuned_student_needs_its_encoders_folder_no_more(tmp_path: Path) -> None:
    tiny_bert(tmp_path / BERT)
    mark = save_student(student_of(tmp_path, "both tuned"), tmp_path / "one", about={})
    (tmp_path / BERT).rename(tmp_path / "elsewhere")
    assert fingerprint(load_student(tmp_path / "one")) == mark


def test_a_frozen_encoder_reads_each_text_once_over_processes(folder: Path, tmp_path: Path) -> None:
    encoder = load_encoder(str(folder / BERT))
    questions = [p.question for p in PROBLEMS[:8]]

    def states() -> tuple[torch.Tensor, int]:
        student = student_of(folder, "frozen question", cache=tmp_path)
        backbone = student.net.question_encoder.backbone
        assert isinstance(backbone, FrozenBackbone)
        tokens = pad_questions(student.reads.encode(questions)).tokens_BL
        found = backbone(tokens)
        assert torch.equal(found, backbone(tokens))
        student.lent.flush()
        return found, backbone.texts_read

    first, again = states(), states()
    assert torch.equal(first[0], again[0])
    assert (first[1], again[1]) == (len(set(questions)), 0)
    assert [path.name for path in tmp_path.iterdir()] == [encoder.mark]


def test_training_that_fails_leaves_the_states_it_has_computed_to_the_next_process(
    folder: Path, tmp_path: Path
) -> None:
    overrides = [
        f"student.question_encoder={folder / BERT}",
        *("train.base_updates=3", "train.decoder_updates=1", "train.predictor_updates=1", "train.batch_size=4"),
        "train.min_round_trip=1",
    ]
    settings = load_settings("tiny", overrides, {}, None)
    (tmp_path / "job").mkdir()
    payload = base_spec(settings, threads=1).payload
    with pytest.raises(CollapseError):  # nothing is learnt in three updates, and the contract says so
        train_base(payload, Workplace(tmp_path, tmp_path / "job", print, lambda: False))
    assert list((tmp_path / "cache" / "backbone").glob("*/*.safetensors"))


def test_the_target_encoder_shares_a_frozen_encoder_and_follows_the_rest(folder: Path) -> None:
    net = student_of(folder, "frozen step").net
    assert net.target_encoder.backbone is net.step_encoder.backbone
    names = {name.partition(".")[0] for name, _ in net.target_encoder.named_parameters()}
    assert names == {"take", "queries", "blocks", "project"}


@pytest.mark.parametrize("variant", ["language model", "low rank"])
def test_a_language_model_writes_what_a_forward_pass_without_cache_says(folder: Path, variant: str) -> None:
    decoder = student_of(folder, variant).net.decoder.eval()
    slots = torch.randn(5, decoder.slots, SHAPE.width, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        written = write(decoder, slots)
        logits = decoder(slots, written.tokens_NL[:, :-1])
    scores = logits.log_softmax(dim=-1)
    said = scores.gather(2, written.tokens_NL[..., None])[..., 0]
    expected = torch.where(written.tokens_NL != 0, said, 0.0).sum(dim=1)
    torch.testing.assert_close(written.logprob_N, expected, atol=1e-4, rtol=1e-4)


def test_a_z_of_nothing_changes_nothing_and_others_differ(folder: Path) -> None:
    latent = student_of(folder, "z").net.latent
    assert latent is not None
    drawn = torch.randn(3, 4, 32, generator=torch.Generator().manual_seed(0))
    slots = torch.nn.functional.layer_norm(drawn, (32,))
    # Normalising twice differs by the norm's epsilon.
    torch.testing.assert_close(latent.with_z(slots, torch.zeros(3, 4)), slots, atol=1e-4, rtol=1e-4)
    assert not torch.equal(latent.with_z(slots, torch.ones(3, 4)), latent.with_z(slots, -torch.ones(3, 4)))


def test_the_mlp_predictor_sees_the_step_before_and_none_other(folder: Path) -> None:
    predictor = student_of(folder, "mlp").net.predictor
    states, mask = torch.randn(2, 5, 32), torch.ones(2, 5, dtype=torch.bool)
    steps = torch.randn(2, 3, 4, 32)
    changed = steps.clone()
    changed[:, 1] += 1
    with torch.no_grad():
        moved = (predictor(steps, states, mask) - predictor(changed, states, mask)).abs().amax(dim=(0, 2, 3))
    assert [bool(m > 0) for m in moved] == [False, False, True, False]


def test_a_folder_that_is_not_there_and_one_without_a_model_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such folder"):
        load_encoder(str(tmp_path / "nothing"))
    with pytest.raises(ConfigError, match="holds no model"):
        load_encoder(str(tmp_path))


def test_a_hub_name_without_a_network_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ConfigError, match=r"'nobody/no-such-encoder'.*local folder.*pip install"):
        load_encoder("nobody/no-such-encoder")


def test_weights_come_from_safetensors_alone(tmp_path: Path) -> None:
    tiny_bert(tmp_path)
    (tmp_path / WEIGHTS).unlink()
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(ConfigError, match=r"model\.safetensors"):
        load_encoder(str(tmp_path))
