"""How likely solutions by others are to be right: each step is judged as a search judges its candidates.

Shapes: N solutions under way.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from agents.searching import batches_of, search_of
from agents.solving.verify import judged
from reasoner.config.settings import SearchSettings
from reasoner.search.beams import Beams
from reasoner.search.search import Search
from reasoner.search.trained_verifier import TrainedVerifier
from reasoner.students import step_model
from reasoner.types.domain import Domain
from reasoner.types.step_model import StepModel
from reasoner.types.student import Student

AT_ONCE = 16
"""Solutions of a question, about: batches are made for so many."""

Steps = tuple[str, ...]


@torch.inference_mode()
def score_solutions(
    student: Student,
    domain: Domain,
    questions: Sequence[str],
    solutions: Sequence[Sequence[Steps]],
    settings: SearchSettings,
    *,
    verifier: TrainedVerifier | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[list[float | None]]:
    """Natural logarithm of the chance that each solution is right, steps and end, as the energy sees it.

    Args:
        student: ready for inference.
        domain: says whether a step can be true.
        questions: in plain language.
        solutions: of each question, any number.
        settings: `symbolic` and `verifier` count.
        verifier: the student's own, if it has one.
        on_progress: told how many questions are done.

    Returns:
        Scores in the order given; None for a solution that the student could not have written: one without steps, with
        too many or too long ones, or with other characters.
    """
    scores: list[list[float | None]] = [[None] * len(of) for of in solutions]
    done = 0
    model = step_model(student, "a ranking of solutions")
    for places in batches_of(model, questions, AT_ONCE):
        search = search_of(model, domain, [questions[i] for i in places], settings, seed=0, verifier=verifier)
        known = [
            (row, i, k) for row, i in enumerate(places) for k, s in enumerate(solutions[i]) if _can_write(model, s)
        ]
        if known:
            found = _scores(search, np.array([row for row, _, _ in known]), [solutions[i][k] for _, i, k in known])
            for (_, i, k), score in zip(known, found, strict=True):
                scores[i][k] = score
        done += len(places)
        if on_progress is not None:
            on_progress(done, len(questions))
    return scores


def _can_write(model: StepModel, steps: Steps) -> bool:
    return 0 < len(steps) < model.max_steps and all(model.can_write(step) for step in steps)


def _scores(search: Search, question_N: np.ndarray, solutions: Sequence[Steps]) -> list[float]:
    """All solutions of a batch, step by step side by side; ended ones leave."""
    model, beams = search.model, Beams.empty(question_N)
    rows = model.root(search.questions, seed=search.seed).take(question_N)
    scores = [0.0] * len(solutions)
    alive = list(range(len(solutions)))
    for depth in range(max(len(s) for s in solutions) + 1):
        texts = [solutions[i][depth] if depth < len(solutions[i]) else "" for i in alive]
        candidates = judged(search, beams, model.score(rows, texts), depth=depth)
        following = beams.follow(candidates)
        for i, score in zip(alive, following.score_N.tolist(), strict=True):
            scores[i] = score
        going = np.flatnonzero([bool(text) for text in texts])
        alive = [alive[row] for row in going.tolist()]
        if not alive:
            break
        beams, rows = following.take(going), model.advance(rows, candidates).take(going)
    return scores
