"""A small student that has learnt one-step problems in seconds: enough to see whether its latents do the work."""

import tempfile
from functools import cache
from pathlib import Path

from problem_settings import of_problems
from shared_folder import shared_folder
from student_maker import SHAPE

from memory.locks import exclusive
from reasoner.config.settings import TrainSettings
from reasoner.data.generated_source import GeneratedSource
from reasoner.models.checkpoints import load_student, save_student
from reasoner.models.student import Student, new_student
from reasoner.storage.checkpoint_file import is_checkpoint
from reasoner.training.feed import Batches, FreshFeed
from reasoner.training.trainer import train
from reasoner.training.work import recipe_of
from reasoner.types.problem import Problem

PROBLEMS = of_problems(difficulties=(1,), base_difficulties=(1,), max_number=20, distractor_rate=0.0, sealed_size=120)
UPDATES = 260


@cache
def trained_student() -> Student:
    """Trained once for all test processes; 20 numbers, one step, nothing that does not matter."""
    folder = shared_folder() / "trained"
    with exclusive(shared_folder() / "trained.lock"):
        if not is_checkpoint(folder):
            save_student(_train(), folder, about={})
    return load_student(folder)


def _train() -> Student:
    train_settings = TrainSettings(decoder_updates=60, predictor_updates=0, batch_size=32, min_round_trip=0.0)
    settings = PROBLEMS.model_copy(update={"student": SHAPE.model_copy(update={"width": 64}), "train": train_settings})
    source = GeneratedSource(PROBLEMS)
    student = new_student(settings.student, [p.question for p in source.base_problems(300, 0)], seed=0)
    feed = FreshFeed(student.tokenizers, lambda n, seed: list(source.base_problems(n, seed)), seed=0)
    recipe = recipe_of(settings, threads=1, updates=UPDATES)
    batches = Batches(feed, batch_size=recipe.batch_size, seed=0)
    with tempfile.TemporaryDirectory() as folder:
        train(student, batches, recipe=recipe, folder=Path(folder), report=lambda *_: None, should_stop=lambda: False)
    student.net.eval()
    return student


def sealed_problems() -> list[Problem]:
    """Problems of structures that it has not seen."""
    return GeneratedSource(PROBLEMS).sealed()
