import dataclasses
from pathlib import Path

import pytest
import torch
from student_maker import small_student, some_problems

from reasoner.errors import CollapseError
from reasoner.models.checkpoints import fingerprint
from reasoner.models.student import Student
from reasoner.training.feed import Batches, CurriculumFeed, FreshFeed, MixedFeed, encode
from reasoner.training.losses import losses
from reasoner.training.optimizer import orthogonalise
from reasoner.training.precision import Precision
from reasoner.training.recipe import Recipe
from reasoner.training.trainer import Trained, add_gradients, noise_of, train
from reasoner.types.problem import Problem


def recipe(updates: int = 12, **changes: object) -> Recipe:
    plain = Recipe(
        updates=updates,
        decoder_updates=4,
        predictor_updates=2,
        warmup=2,
        batch_size=8,
        adam_rate=1e-3,
        muon_rate=0.01,
        seed=0,
        threads=1,
        checkpoint_every=5,
        min_round_trip=0.0,
    )
    return dataclasses.replace(plain, **changes)  # pyright: ignore[reportArgumentType]


def draw(n: int, seed: int) -> list[Problem]:
    return some_problems(n, seed=seed % 1000, difficulties=(1, 2))


def run(student: Student, folder: Path, *, stop_after: int | None = None, chosen: Recipe | None = None) -> Trained:
    folder.mkdir(exist_ok=True)
    asked = iter(range(1, 10_000))
    chosen = chosen or recipe()
    return train(
        student,
        Batches(FreshFeed(student.tokenizers, draw, seed=0), batch_size=chosen.batch_size, seed=0),
        recipe=chosen,
        folder=folder,
        report=lambda share, note: None,
        should_stop=lambda: next(asked) == stop_after,
    )


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.mark.parametrize("stop_after", [1, 4, 7, 11])
def test_a_stopped_training_goes_on_to_the_same_weights_to_the_bit(tmp_path: Path, stop_after: int) -> None:
    whole = small_student()
    run(whole, tmp_path / "whole")
    broken = small_student()
    with pytest.raises(KeyboardInterrupt):
        run(broken, tmp_path / "broken", stop_after=stop_after)
    resumed = small_student()
    run(resumed, tmp_path / "broken")
    assert fingerprint(resumed) == fingerprint(whole)


def test_a_state_of_another_recipe_is_not_resumed(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(small_student(), tmp_path, stop_after=6)
    other = recipe(adam_rate=2e-3)
    fresh, resumed = small_student(), small_student()
    (tmp_path / "fresh").mkdir()
    run(fresh, tmp_path / "fresh", chosen=other)
    run(resumed, tmp_path, chosen=other)
    assert fingerprint(resumed) == fingerprint(fresh)


def test_each_stage_trains_its_own_parts() -> None:
    student = small_student()
    batch = Batches(FreshFeed(student.tokenizers, draw, seed=0), batch_size=8, seed=0).at(0)
    moved: dict[str, set[str]] = {}
    for stage in ("decoder", "predictor", "joint"):
        student.net.zero_grad(set_to_none=True)
        losses(
            student.net, batch.question, batch.steps_BTL, recipe=recipe(), stage=stage, noise=noise_of(recipe(), 0)
        ).total.backward()
        moved[stage] = {n.split(".")[0] for n, p in student.net.named_parameters() if p.grad is not None}
    assert moved["decoder"] == {"step_encoder", "decoder"}
    assert moved["predictor"] == {"question_encoder", "predictor"}
    assert moved["joint"] == {"question_encoder", "step_encoder", "predictor", "decoder"}


def test_a_small_student_learns_to_round_trip_steps_in_seconds(tmp_path: Path) -> None:
    student = small_student()
    chosen = recipe(180, decoder_updates=175, batch_size=32, adam_rate=3e-3, muon_rate=0.02, checkpoint_every=1000)
    trained = run(student, tmp_path, chosen=chosen)
    assert trained.health.round_trip > 0.8
    assert trained.health.std > 0.3


def test_training_fails_closed_when_steps_do_not_come_back(tmp_path: Path) -> None:
    with pytest.raises(CollapseError, match="round trip"):
        run(small_student(), tmp_path, chosen=recipe(8, min_round_trip=0.95))


def test_a_loss_that_is_not_a_number_stops_training(tmp_path: Path) -> None:
    student = small_student()
    with torch.no_grad():
        student.net.decoder.head.weight.fill_(float("nan"))
    with pytest.raises(CollapseError, match="the loss is nan"):
        run(student, tmp_path)


def test_batches_depend_on_the_number_of_the_update_only() -> None:
    student = small_student()

    def batches() -> Batches:
        return Batches(FreshFeed(student.tokenizers, draw, seed=0), batch_size=8, seed=0)

    forward, direct = batches(), batches()
    walked = [forward.at(u).steps_BTL for u in range(20)]
    assert torch.equal(direct.at(19).steps_BTL, walked[19])
    assert torch.equal(direct.at(3).steps_BTL, walked[3])


def test_a_mixed_feed_keeps_the_original_share_and_uses_every_example_once_a_pass() -> None:
    student = small_student()
    examples = encode(student.tokenizers, some_problems(30, seed=5, difficulties=(3,)))
    feed = MixedFeed(examples, FreshFeed(student.tokenizers, draw, seed=0), original_share=0.25, seed=0)
    block = feed.block(0, 40)
    assert len(block) == 40
    learnt = [i for i in block if len(i.steps) == 4]
    assert len(learnt) == 30
    assert sorted(map(id, learnt)) == sorted(map(id, examples))


def test_a_curriculum_begins_with_the_easy_feed() -> None:
    student = small_student()
    easy = FreshFeed(student.tokenizers, lambda n, seed: some_problems(n, seed=seed % 99, difficulties=(1,)), seed=0)
    feed = CurriculumFeed(easy, FreshFeed(student.tokenizers, draw, seed=0), easy_batches=16)
    assert {len(i.steps) for i in feed.block(0, 20)} == {2}
    assert {len(i.steps) for i in feed.block(1, 20)} == {2, 3}


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_orthogonalised_updates_have_singular_values_near_one(precision: Precision) -> None:
    torch.manual_seed(0)
    found = orthogonalise(torch.randn(3, 16, 48), precision)
    assert found.dtype == torch.float32
    values = torch.linalg.svdvals(found)
    assert bool(((values > 0.6) & (values < 1.3)).all())


def test_accumulated_gradients_are_the_mean_of_those_of_the_batches() -> None:
    student = small_student()
    batches = Batches(FreshFeed(student.tokenizers, draw, seed=0), batch_size=8, seed=0)
    plain = recipe(decoder_updates=0, predictor_updates=0)

    def gradient(chosen: Recipe, update: int) -> torch.Tensor:
        student.net.zero_grad()
        add_gradients(student, batches, recipe=chosen, update=update)
        found = student.net.predictor.project.weight.grad
        assert found is not None
        return found.clone()

    both = gradient(dataclasses.replace(plain, accumulate=2), 0)
    torch.testing.assert_close(both, (gradient(plain, 0) + gradient(plain, 1)) / 2)


def test_a_state_is_saved_when_the_last_one_is_too_old(tmp_path: Path) -> None:
    student = small_student()
    with pytest.raises(CollapseError):
        train(
            student,
            Batches(FreshFeed(student.tokenizers, draw, seed=0), batch_size=8, seed=0),
            recipe=recipe(updates=3, checkpoint_every=1000, min_round_trip=1.0, decoder_updates=0, predictor_updates=0),
            folder=tmp_path,
            report=lambda share, note: None,
            should_stop=lambda: False,
            checkpoint_minutes=0.0,
        )
    assert (tmp_path / "state.safetensors").is_file()
