"""The footprint told before training is the one that training has."""

import pytest
import torch
from student_maker import some_problems

from reasoner.config.loading import load_settings
from reasoner.models.student import new_student
from reasoner.training.feed import Batches, FreshFeed
from reasoner.training.footprint import footprint
from reasoner.training.losses import losses
from reasoner.training.trainer import noise_of
from reasoner.training.work import recipe_of


def settings(*overrides: str):
    return load_settings("nano", overrides, {}, None)


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("student.slot_words=true", "student.slots=6"),
        ("student.width=64", "student.slots=8", "student.predictor_layers=5"),
    ],
)
def test_weights_are_counted_to_the_last_but_the_words_that_were_never_seen(overrides: tuple[str, ...]) -> None:
    chosen = settings(*overrides, "student.question_vocabulary=256")
    student = new_student(chosen.student, [p.question for p in some_problems(400)], seed=0)
    unseen = 256 - student.shape.question_tokens
    assert footprint(chosen).weights == student.parameters + unseen * chosen.student.width


def test_activations_are_told_within_a_third() -> None:
    chosen = settings("train.batch_size=16")
    problems = some_problems(400, difficulties=(1, 2, 3, 4))
    student = new_student(chosen.student, [p.question for p in problems], seed=0)
    feed = FreshFeed(
        student.tokenizers, lambda n, seed: some_problems(n, seed=seed % 1000, difficulties=(1, 2, 3, 4)), seed=0
    )
    batches, recipe = Batches(feed, batch_size=16, seed=0), recipe_of(chosen, threads=1, updates=100)
    weights = {p.untyped_storage().data_ptr() for p in student.net.parameters()}
    total = 0
    for number in range(4):
        kept: dict[int, int] = {}

        def keep(tensor: torch.Tensor, kept: dict[int, int] = kept) -> torch.Tensor:
            kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
            return tensor

        batch, noise = batches.at(number), noise_of(recipe, number)
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            losses(student.net, batch.question, batch.steps_BTL, recipe=recipe, stage="joint", noise=noise)
        total += sum(size for pointer, size in kept.items() if pointer not in weights)
    assert footprint(chosen).activation_bytes == pytest.approx(total / 4, rel=0.33)
