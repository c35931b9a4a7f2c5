"""verify: what speaks for and against each candidate, and the chance that it is right."""

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor

from agents.solving.state import SolveChange, SolveState
from reasoner.domains.powers import judge_steps
from reasoner.models.decoder import read_back
from reasoner.models.verifier import StepVerifier
from reasoner.search.arena import Arena
from reasoner.search.beams import Candidates
from reasoner.search.energy import BELIEF, HOLDS, ROUND_TRIP, SAID


def verify(state: SolveState, arena: Arena) -> SolveChange:
    """Adds terms and gains to the arena's candidates."""
    arena.candidates = judged(arena, arena.candidates, depth=state["step"])
    return {}


def judged(arena: Arena, candidates: Candidates, *, depth: int) -> Candidates:
    """The candidates with what speaks for and against each."""
    net = arena.student.net
    # A candidate is believed under the latent without noise: its own would always speak for it (docs/lab-book.md).
    clean_MKD = arena.clean_NKD[candidates.beam_M]
    again_MKD = net.step_encoder(candidates.tokens_ML)
    terms = {
        SAID: read_back(net.decoder, clean_MKD, candidates.tokens_ML).cpu(),
        ROUND_TRIP: (again_MKD - clean_MKD).square().mean(dim=(1, 2)).cpu(),
        HOLDS: _holds(arena, candidates),
    }
    if arena.verifier is not None:
        terms[BELIEF] = _beliefs(arena, arena.verifier, candidates, terms)
    gain_M = arena.energy(terms, depth=depth, ends_M=candidates.ends_M)
    return replace(candidates, terms=terms, gain_M=gain_M, refused=(False,) * len(candidates))


def _beliefs(arena: Arena, verifier: StepVerifier, candidates: Candidates, terms: Mapping[str, Tensor]) -> Tensor:
    """What the learned verifier makes of each candidate, [M]."""
    assert arena.expected_NKD is not None, "`predict` asks the verifier what it expects"
    logprob_ML = verifier.token_logprobs(arena.expected_NKD[candidates.beam_M], candidates.tokens_ML)
    return verifier(logprob_ML, terms[SAID].to(logprob_ML), terms[ROUND_TRIP].to(logprob_ML)).cpu()


def _holds(arena: Arena, candidates: Candidates) -> Tensor:
    """1 where a step is true and uses what is known; the step that ends a solution has nothing to be wrong in."""
    held: list[float] = []
    beams, domain = arena.beams, arena.domain
    for beam, text, ends in zip(candidates.beam_M.tolist(), candidates.texts, candidates.ends_M.tolist(), strict=True):
        question = arena.questions[int(beams.question_N[beam])]
        held.append(float(ends or judge_steps(domain, question, (*beams.steps[beam], text))[-1].holds))
    return torch.tensor(held)
