"""How likely solutions by others are to be right: each step is judged as a search judges its candidates.

Shapes: N solutions under way, M = N steps to be judged, L tokens.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from agents.searching import batches_of, make_arena
from agents.solving.propose import predict
from agents.solving.prune import follow
from agents.solving.state import START_STATE
from agents.solving.verify import verify
from reasoner.config.settings import SearchSettings
from reasoner.models.student import Student
from reasoner.models.tokenizers import PAD
from reasoner.search.arena import Arena
from reasoner.search.beams import Candidates
from reasoner.search.trained_verifier import TrainedVerifier
from reasoner.types.domain import Domain

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
    for places in batches_of(student, questions, AT_ONCE):
        arena = make_arena(student, domain, [questions[i] for i in places], settings, seed=0, verifier=verifier)
        arena.encode()
        known = [
            (row, i, k) for row, i in enumerate(places) for k, s in enumerate(solutions[i]) if _can_write(student, s)
        ]
        if known:
            found = _scores(arena, torch.tensor([row for row, _, _ in known]), [solutions[i][k] for _, i, k in known])
            for (_, i, k), score in zip(known, found, strict=True):
                scores[i][k] = score
        done += len(places)
        if on_progress is not None:
            on_progress(done, len(questions))
    return scores


def _can_write(student: Student, steps: Steps) -> bool:
    return 0 < len(steps) < student.shape.max_steps and all(student.writes.fits(step) for step in steps)


def _scores(arena: Arena, question_N: Tensor, solutions: Sequence[Steps]) -> list[float]:
    """All solutions of a batch, step by step side by side; ended ones leave."""
    arena.begin(question_N)
    scores = [0.0] * len(solutions)
    alive = list(range(len(solutions)))
    for depth in range(max(len(s) for s in solutions) + 1):
        predict(arena)
        texts = [solutions[i][depth] if depth < len(solutions[i]) else "" for i in alive]
        arena.candidates = _given(arena, texts)
        verify({**START_STATE, "step": depth}, arena)
        following = follow(arena, arena.candidates)
        for row, i in enumerate(alive):
            scores[i] = float(following.score_N[row])
        going = [row for row, text in enumerate(texts) if text]
        alive = [alive[row] for row in going]
        if not alive:
            break
        arena.beams = following.take(torch.tensor(going))
    return scores


def _given(arena: Arena, texts: Sequence[str]) -> Candidates:
    """A given next step of each beam; an empty text ends the solution."""
    writes = arena.student.writes
    rows = [writes.encode(text) if text else writes.finish for text in texts]
    longest = max(len(row) for row in rows)
    tokens_ML = torch.tensor([row + [PAD] * (longest - len(row)) for row in rows]).to(arena.clean_NKD.device)
    M = len(texts)
    return Candidates(
        beam_M=torch.arange(M),
        slots_MKD=arena.clean_NKD,
        origin=("given",) * M,
        greedy_M=torch.zeros(M, dtype=torch.bool),
        tokens_ML=tokens_ML,
        texts=tuple(texts),
        ends_M=torch.tensor([not text for text in texts]),
        found=(1,) * M,
    )
