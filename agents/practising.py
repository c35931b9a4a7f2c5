"""Attempts at practice problems, judged step by step: what a verifier learns from."""

from collections.abc import Callable, Sequence

import torch
from torch.nn import functional as F

from agents.searching import batches_of, make_arena
from agents.solving.graph import run
from reasoner.config.settings import SearchSettings
from reasoner.evaluation.step_labels import end_is_right, step_is_right
from reasoner.models.student import Student
from reasoner.models.tokenizers import PAD, StepTokenizer
from reasoner.models.verifier import StepVerifier
from reasoner.search.energy import HOLDS, ROUND_TRIP, SAID
from reasoner.search.practising import Judge, Practice, Seen
from reasoner.search.searchers import beam_proposers
from reasoner.training.claims import JudgedClaims, token_rows
from reasoner.types.domain import Domain
from reasoner.types.problem import Problem

RIGHT_BEAMS = 2
"""Right solutions of a question that are gone on with, where there are several ways."""


@torch.inference_mode()
def collect_claims(
    student: Student,
    domain: Domain,
    problems: Sequence[Problem],
    settings: SearchSettings,
    *,
    seed: int,
    verifier: StepVerifier | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> JudgedClaims:
    """Every candidate that a beam would see on its way along right steps, with its label; never for reported problems.

    Args:
        student: ready for inference.
        domain: judges.
        problems: of the practice pool.
        settings: how candidates are made.
        seed: of all noise.
        verifier: proposes too, where there is one.
        on_progress: told how many problems are done.
    """
    ways = settings.model_copy(update={"refine": 0, "recall": 0, "verifier_proposes": verifier is not None})
    parts: list[JudgedClaims] = []
    done = 0
    for places in batches_of(student, [p.question for p in problems], settings.candidates):
        chosen = [problems[i] for i in places]
        searcher = Practice(
            width=RIGHT_BEAMS,
            decodes=settings.candidates,
            proposers=beam_proposers(ways, student.net),
            judge=_judge(domain, chosen),
        )
        arena = make_arena(student, domain, [p.question for p in chosen], ways, seed=seed)
        arena.searcher, arena.verifier = searcher, verifier
        run(arena)
        parts += [_claims(student.writes, seen, places) for seen in searcher.seen]
        done += len(places)
        if on_progress is not None:
            on_progress(done, len(problems))
    return JudgedClaims.join(parts)


def _judge(domain: Domain, problems: Sequence[Problem]) -> Judge:
    def judge(question: int, before: tuple[str, ...], step: str, ends: bool) -> bool:
        problem = problems[question]
        return end_is_right(domain, problem, before) if ends else step_is_right(domain, problem, before, step)

    return judge


def _claims(writes: StepTokenizer, seen: Seen, places: Sequence[int]) -> JudgedClaims:
    candidates = seen.candidates
    tokens = candidates.tokens_ML.cpu()
    return JudgedClaims(
        question_M=torch.tensor(places)[seen.question_M],
        tokens_MS=F.pad(tokens, (0, writes.max_tokens - tokens.shape[1]), value=PAD).to(torch.int16),
        before_MTS=token_rows(writes, seen.before).to(torch.int16),
        depth_M=torch.tensor([len(b) for b in seen.before]),
        said_M=candidates.terms[SAID],
        round_trip_M=candidates.terms[ROUND_TRIP],
        holds_M=candidates.terms[HOLDS],
        right_M=seen.right_M.float(),
    )
