"""Each term of the objective does what its name says; all randomness comes from the update's noise."""

import pytest
import torch
from student_maker import SHAPE, small_student, some_problems

from reasoner.config.settings import LossSettings
from reasoner.models.student import Student, new_student
from reasoner.training.feed import Batches, FreshFeed
from reasoner.training.losses import decode_loss, distance, losses, own_problems
from reasoner.training.recipe import Recipe
from reasoner.training.regularisers import contrastive, covariance, sigreg, variance_hinge

N, K, D = 256, 2, 16
QUESTIONS = [p.question for p in some_problems(300)]


def noise(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(seed: int = 0) -> torch.Tensor:
    return torch.randn(N, K, D, generator=noise(seed))


def total(loss: LossSettings, *, seed: int = 0, student: Student | None = None) -> float:
    student = student or small_student()
    feed = FreshFeed(student.tokenizers, lambda n, s: some_problems(n, seed=s % 1000), seed=0)
    batch = Batches(feed, batch_size=8, seed=0).at(0)
    recipe = Recipe(
        updates=1, decoder_updates=0, predictor_updates=0, warmup=1, batch_size=8, adam_rate=1e-3, muon_rate=1e-3,
        seed=0, threads=1, checkpoint_every=1, min_round_trip=0.0, loss=loss,
    )  # fmt: skip
    own = recipe.own_latents(0)
    found = losses(
        student.net, batch.question, batch.steps_BTL, recipe=recipe, stage="joint", noise=noise(seed), own=own
    )
    return float(found.total.detach())


def test_spread_slots_pass_the_variance_hinge_and_narrow_ones_pay_what_they_lack() -> None:
    assert float(variance_hinge(3 * normal())) == 0
    assert float(variance_hinge(0.25 * normal())) == pytest.approx(0.75, abs=0.02)


def test_covariance_is_small_for_independent_dimensions_and_large_for_copies() -> None:
    copies = normal()[..., :1].expand(N, K, D)
    assert float(covariance(normal())) < 0.2
    assert float(covariance(copies)) == pytest.approx(D - 1, rel=0.2)


def test_sigreg_tells_a_normal_cloud_from_a_collapsed_and_from_a_one_sided_one() -> None:
    healthy = float(sigreg(normal(), noise=noise()))
    assert float(sigreg(0.1 * normal(), noise=noise())) > 10 * healthy
    assert float(sigreg(normal().abs(), noise=noise())) > 3 * healthy


def test_a_prediction_near_its_target_wins_the_contrast_and_equal_texts_are_no_rivals() -> None:
    target = normal()
    each = torch.arange(N)
    assert float(contrastive(target, target, each)) < 0.2
    assert float(contrastive(normal(1), target, each)) > 1
    twins = target[:1].expand(N, K, D)
    assert float(contrastive(twins, twins, torch.zeros(N, dtype=torch.long))) == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("kind", ["smooth_l1", "l2", "cosine"])
def test_every_distance_is_nothing_at_the_target_and_grows_away_from_it(kind: str) -> None:
    target = normal()
    near, far = target + 0.1 * normal(1), target + normal(1)
    assert float(distance(target, target, kind)) == pytest.approx(0, abs=1e-6)
    assert 0 < float(distance(near, target, kind)) < float(distance(far, target, kind))


@pytest.mark.parametrize(
    "changed",
    [
        {"latent": "cosine"},
        {"covariance_weight": 0.04},
        {"sigreg_weight": 0.02},
        {"contrastive_weight": 0.1},
        {"own_latents": 1.0, "own_latents_from": 0.0},
        {"token_dropout": 0.5},
    ],
)
def test_every_setting_changes_the_objective(changed: dict[str, object]) -> None:
    assert total(LossSettings.model_validate(changed)) != total(LossSettings())


def test_own_latents_wait_for_their_share_of_training() -> None:
    assert total(LossSettings(own_latents=1.0)) == total(LossSettings())


def test_a_speller_adds_its_cross_entropy_and_learns_from_predicted_slots() -> None:
    shape = SHAPE.model_copy(update={"speller": True})
    student = new_student(shape, QUESTIONS, seed=0)
    with_it, without = (total(LossSettings(spell_weight=w), student=student) for w in (0.3, 0.0))
    assert with_it > without + 0.3
    assert student.net.speller is not None
    slots = torch.randn(5, student.shape.slots, student.shape.width, requires_grad=True)
    logits = student.net.speller(slots, 7)
    assert logits.shape == (5, 7, student.shape.step_tokens)
    logits.square().sum().backward()
    assert slots.grad is not None
    assert bool((slots.grad != 0).all())


def test_an_anchor_adds_its_distance_and_only_its_map_learns() -> None:
    student = new_student(SHAPE.model_copy(update={"anchor": True}), QUESTIONS, seed=0)
    anchor = student.net.anchor
    assert anchor is not None
    assert total(LossSettings(anchor_weight=2.0), student=student) > total(
        LossSettings(anchor_weight=0.0), student=student
    )
    assert {n for n, _ in student.net.trainable() if n.startswith("anchor.")} == {
        "anchor.head.weight",
        "anchor.head.bias",
    }


def test_earlier_passes_are_judged_where_that_has_a_weight() -> None:
    twice, once = (new_student(SHAPE.model_copy(update={"predictor_passes": n}), QUESTIONS, seed=0) for n in (2, 1))
    apart = total(LossSettings(pass_weight=1.0), student=twice) - total(LossSettings(), student=twice)
    assert apart > 0.01
    assert total(LossSettings(pass_weight=1.0), student=once) == total(LossSettings(), student=once)


def test_earlier_passes_are_spelt_too_but_steps_themselves_only_once() -> None:
    shape = SHAPE.model_copy(update={"predictor_passes": 2, "speller": True})
    student = new_student(shape, QUESTIONS, seed=0)
    apart = {
        weight: total(LossSettings(pass_weight=1.0, spell_weight=weight), student=student)
        - total(LossSettings(spell_weight=weight), student=student)
        for weight in (0.0, 1.0)
    }
    # A fresh speller is as unsure of a pass as of 23 tokens: ln 23 is 3.1; steps spelt once more would add 1.6.
    assert apart[1.0] - apart[0.0] == pytest.approx(3.1, abs=0.8)


@pytest.mark.parametrize(("share", "problems", "expected"), [(0.3, 1, 0.3), (0.5, 3, 1.5), (1.0, 4, 4.0)])
def test_own_latents_take_their_share_of_small_batches_too(share: float, problems: int, expected: float) -> None:
    drawn = noise()
    chosen = [len(own_problems(problems, share, drawn)) for _ in range(600)]
    assert sum(chosen) / 600 == pytest.approx(expected, abs=0.08)
    assert set(chosen) <= {int(expected), int(expected) + 1}


@pytest.mark.parametrize(
    "changed", [{"own_latents": 0.5, "own_latents_from": 0.0}, {"token_dropout": 0.5}, {"sigreg_weight": 0.1}]
)
def test_equal_noise_gives_an_equal_objective_and_other_noise_another(changed: dict[str, object]) -> None:
    loss = LossSettings.model_validate(changed)
    assert total(loss) == total(loss)
    assert total(loss) != total(loss, seed=1)


def test_a_decoder_that_sees_none_of_its_tokens_writes_from_the_slots_alone() -> None:
    decoder = small_student().net.decoder
    slots = torch.randn(4, decoder.slots, 32, generator=noise())
    tokens = torch.randint(3, 13, (4, 8), generator=noise())
    nearly_all = 1 - 1e-9
    blind = decode_loss(decoder, slots, tokens, dropout=nearly_all, noise=noise())
    logits = decoder(slots, torch.zeros_like(tokens[:, :-1]))
    expected = torch.nn.functional.cross_entropy(logits.flatten(0, 1), tokens.flatten())
    torch.testing.assert_close(blind, expected)
