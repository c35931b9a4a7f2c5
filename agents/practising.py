"""Attempts at practice problems, judged step by step: what a verifier learns from."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch.nn import Module

from agents.searching import batches_of, search_of
from agents.solving.graph import run
from reasoner.config.settings import SearchSettings
from reasoner.evaluation.step_labels import end_is_right, step_is_right
from reasoner.search.practising import Judge, Practice
from reasoner.search.searchers import beam_ways
from reasoner.students import Verifiable, step_model
from reasoner.training.claims import JudgedClaims
from reasoner.types.domain import Domain
from reasoner.types.problem import Problem
from reasoner.types.step_model import required
from reasoner.types.student import Student

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
    verifier: Module | None = None,
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
    model = step_model(student, "a verifier")
    claimed = required(model, Verifiable, "a verifier")
    if verifier is not None:
        model = claimed.with_verifier(verifier)
    parts: list[JudgedClaims] = []
    done = 0
    for places in batches_of(model, [p.question for p in problems], settings.candidates):
        chosen = [problems[i] for i in places]
        practice = Practice(
            width=RIGHT_BEAMS,
            decodes=settings.candidates,
            ways=beam_ways(ways, model.origins),
            judge=_judge(domain, chosen),
        )
        search = search_of(model, domain, [p.question for p in chosen], ways, seed=seed)
        run(replace(search, searcher=practice))
        parts += [claimed.claims(seen, places) for seen in practice.seen]
        done += len(places)
        if on_progress is not None:
            on_progress(done, len(problems))
    return JudgedClaims.join(parts)


def _judge(domain: Domain, problems: Sequence[Problem]) -> Judge:
    def judge(question: int, before: tuple[str, ...], step: str, ends: bool) -> bool:
        problem = problems[question]
        return end_is_right(domain, problem, before) if ends else step_is_right(domain, problem, before, step)

    return judge
