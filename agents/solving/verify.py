"""verify: what speaks for and against each candidate, and the chance that it is right."""

from dataclasses import replace

import numpy as np
import torch

from agents.solving.state import SolveChange, SolveState
from reasoner.domains.powers import judge_steps
from reasoner.search.beams import Beams
from reasoner.search.search import Search
from reasoner.types.step_model import HOLDS, TERMS, Candidates


def verify(state: SolveState, search: Search) -> SolveChange:
    """Adds terms and gains to the candidates."""
    measured = search.model.measure(state["rows"], state["candidates"])
    return {"candidates": judged(search, state["beams"], measured, depth=state["step"])}


def judged(search: Search, beams: Beams, measured: Candidates, *, depth: int) -> Candidates:
    """Candidates that the student has measured, with what the domain says of each, and its gain."""
    known = {**measured.terms, HOLDS: _holds(search, beams, measured)}
    terms = {name: known[name] for name in TERMS if name in known}
    tensors = {name: torch.from_numpy(term) for name, term in terms.items()}
    gain_M = search.energy(tensors, depth=depth, ends_M=torch.from_numpy(measured.ends_M)).numpy()
    return replace(measured, terms=terms, gain_M=gain_M, refused=(False,) * len(measured))


def _holds(search: Search, beams: Beams, candidates: Candidates) -> np.ndarray:
    """1 where a step is true and uses what is known; the step that ends a solution has nothing to be wrong in."""
    held: list[float] = []
    each = zip(candidates.parent_M.tolist(), candidates.texts, candidates.ends_M.tolist(), strict=True)
    for beam, text, ends in each:
        question = search.questions[int(beams.question_N[beam])]
        held.append(float(ends or judge_steps(search.domain, question, (*beams.steps[beam], text))[-1].holds))
    return np.array(held, dtype=np.float32)
