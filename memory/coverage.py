"""How much of a set of questions the memory covers: the share that has a remembered example near it.

Near is measured by the questions themselves: the radius is the median of their distances to the nearest other one, so
half of them would cover each other, whatever the space (in that of a small student all cosines are above .9). It stays
the same while questions and encoder do, and so the share can be compared from cycle to cycle. An example of the very
question does not count: having been told an answer is not knowing what is like it. Shapes: Q questions, M examples, D
width.
"""

from collections.abc import Sequence

import numpy as np

from reasoner.types.record import Record

BLOCK = 4096
"""Examples compared at once."""

DIGITS = 6
"""Decimals of a figure; sums in another order differ beyond them."""


class Coverage(Record):
    """How near examples are to a set of questions."""

    questions: int
    """2 or more."""
    radius: float
    """Cosine distance, 0 to 2, within which an example is near."""
    covered: float
    """Share of the questions that have an example within the radius, 0 to 1."""
    distance: float | None
    """Mean cosine distance of a question to the nearest example; None if there is none."""


def coverage(
    questions_QD: np.ndarray, question_keys: Sequence[str], examples_MD: np.ndarray, example_keys: Sequence[str]
) -> Coverage:
    """Measures the examples against the questions.

    Args:
        questions_QD: unit vectors, at least two of them.
        question_keys: of the questions; equal keys are the same question.
        examples_MD: unit vectors in the same space; M may be 0.
        example_keys: keys of their questions.
    """
    assert len(questions_QD) > 1, f"{len(questions_QD)} questions have no distance to one another"
    codes = np.unique([*question_keys, *example_keys], return_inverse=True)[1]
    question_Q, example_M = codes[: len(question_keys)], codes[len(question_keys) :]
    radius = float(np.median(_to_nearest(questions_QD, question_Q, questions_QD, question_Q)))
    nearest_Q = _to_nearest(questions_QD, question_Q, examples_MD, example_M)
    return Coverage(
        questions=len(questions_QD),
        radius=radius,
        covered=round(float((nearest_Q <= radius).mean()), DIGITS) if len(example_M) else 0.0,
        distance=round(float(nearest_Q.mean()), DIGITS) if len(example_M) else None,
    )


def _to_nearest(
    questions_QD: np.ndarray, question_Q: np.ndarray, others_MD: np.ndarray, other_M: np.ndarray
) -> np.ndarray:
    """Cosine distance of each question to the nearest of another question, Q; 2, the greatest, if there is none."""
    nearest_Q = np.full(len(questions_QD), 2.0)
    for start in range(0, len(others_MD), BLOCK):
        block_QM = 1.0 - questions_QD @ others_MD[start : start + BLOCK].T
        block_QM[question_Q[:, None] == other_M[None, start : start + BLOCK]] = 2.0
        nearest_Q = np.minimum(nearest_Q, block_QM.min(axis=1))
    return np.round(np.maximum(nearest_Q, 0.0), DIGITS)
