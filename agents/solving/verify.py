"""verify: what speaks for and against each candidate, and the chance that it is right."""

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor

from agents.solving.state import SolveChange, SolveState
from reasoner.models.decoder import read_back
from reasoner.models.verifier import StepVerifier
from reasoner.search.arena import Arena
from reasoner.search.beams import Candidates
from reasoner.search.energy import BELIEF, HOLDS, ROUND_TRIP, SAID


def verify(state: SolveState, arena: Arena) -> SolveChange:
    """Adds terms and gains to the arena's candidates."""
    net, candidates = arena.student.net, arena.candidates
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
    gain_M = arena.energy(terms, depth=state["step"], ends_M=candidates.ends_M)
    arena.candidates = replace(candidates, terms=terms, gain_M=gain_M)
    return {}


def _beliefs(arena: Arena, verifier: StepVerifier, candidates: Candidates, terms: Mapping[str, Tensor]) -> Tensor:
    """What the learned verifier makes of each candidate, [M]."""
    beams, first_U = arena.beams, arena.first_U
    question_U = beams.question_N[first_U]
    expected_UKD = verifier.expect(beams.history_NTKD[first_U], arena.reread_BLD[question_U], arena.mask_BL[question_U])
    of_M = arena.which_N[candidates.beam_M]
    logprob_ML = verifier.token_logprobs(expected_UKD[:, -1][of_M], candidates.tokens_ML)
    return verifier(logprob_ML, terms[SAID].to(logprob_ML), terms[ROUND_TRIP].to(logprob_ML)).cpu()


def _holds(arena: Arena, candidates: Candidates) -> Tensor:
    """1 where a step is true and uses what is known; the step that ends a solution has nothing to be wrong in.

    Of a solution that has used an unknown quantity already, later steps are not blamed for it again.
    """
    held: list[float] = []
    beams, domain = arena.beams, arena.domain
    for beam, text, ends in zip(candidates.beam_M.tolist(), candidates.texts, candidates.ends_M.tolist(), strict=True):
        question = arena.questions[int(beams.question_N[beam])]
        before = beams.steps[beam]
        broken = bool(before) and not domain.grounded(question, before)
        held.append(float(ends or (domain.check_step(text) and (broken or domain.grounded(question, (*before, text))))))
    return torch.tensor(held)
