"""refine: gradient steps down the verifier's energy; what they say stands only if the student itself agrees."""

from dataclasses import replace

import torch

from agents.solving.decode import decoded
from agents.solving.state import SolveChange, SolveState
from agents.solving.verify import judged
from reasoner.search.arena import Arena
from reasoner.search.beams import Candidates, merged
from reasoner.search.energy import REFUSED


def refine(state: SolveState, arena: Arena) -> SolveChange:
    """Adds refinements to the arena's candidates; where one says what another candidate says, the other's stands."""
    if arena.late:
        return {}
    proposals = arena.searcher.refine(arena.thought, arena.noise, proposed=arena.proposals)
    if not proposals:
        return {}
    refined = judged(arena, decoded(arena, proposals), depth=state["step"])
    arena.candidates = merged(arena.candidates, checked(arena, refined))
    return {"decodes": state["decodes"] + sum(refined.found)}


def checked(arena: Arena, refined: Candidates) -> Candidates:
    """The refinements, hardly believed where they do not mean what they say: where their text, read again by the
    student, is farther from their latent than the clean latent is from its own text. The verifier has no voice in it.
    """
    again_MKD = arena.student.net.step_encoder(refined.tokens_ML)
    apart_M = (again_MKD - refined.slots_MKD).square().mean(dim=(1, 2)).cpu()
    refused_M = apart_M > _clean_apart(arena)[refined.beam_M]
    gain_M = torch.where(refused_M, refined.gain_M.clamp(max=REFUSED), refined.gain_M)
    return replace(refined, gain_M=gain_M, refused=tuple(refused_M.tolist()))


def _clean_apart(arena: Arena) -> torch.Tensor:
    """How far each beam's clean latent is from its own text, read again, [N]."""
    candidates = arena.candidates
    clean = torch.tensor([place for place, origin in enumerate(candidates.origin) if origin == "clean"])
    again = arena.student.net.step_encoder(candidates.tokens_ML[clean])
    apart = (again - candidates.slots_MKD[clean]).square().mean(dim=(1, 2)).cpu()
    return torch.zeros(len(arena.beams)).index_copy(0, candidates.beam_M[clean], apart)
