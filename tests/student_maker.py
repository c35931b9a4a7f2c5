"""A small student for tests, and batches of generated problems for it."""

from problem_settings import of_problems

from reasoner.config.settings import StudentSettings
from reasoner.data.generated_source import GeneratedSource
from reasoner.models.student import Student, new_student
from reasoner.types.problem import Problem

SHAPE = StudentSettings(
    width=32,
    heads=2,
    question_layers=1,
    step_layers=1,
    predictor_layers=2,
    decoder_layers=1,
    question_vocabulary=256,
)


def some_problems(n: int, *, seed: int = 0, difficulties: tuple[int, ...] = (1, 2, 3)) -> list[Problem]:
    """Worked practice problems."""
    source = GeneratedSource(of_problems(seed, base_difficulties=difficulties, max_number=20))
    return list(source.base_problems(n, seed))


def small_student(seed: int = 0, **shape: object) -> Student:
    """Fresh weights, a vocabulary of generated questions."""
    return new_student(SHAPE.model_copy(update=shape), [p.question for p in some_problems(300)], seed=seed)
