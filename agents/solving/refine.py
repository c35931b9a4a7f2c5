"""refine: gradient steps down the verifier's energy; what they say stands only if the student itself agrees."""

from dataclasses import replace

import numpy as np

from agents.solving.decode import counted
from agents.solving.state import SolveChange, SolveState, front_of
from agents.solving.verify import judged
from reasoner.search.beams import distinct, joined
from reasoner.search.energy import REFUSED
from reasoner.search.search import Search
from reasoner.types.step_model import ROUND_TRIP, Candidates, Steerable, required


def refine(state: SolveState, search: Search) -> SolveChange:
    """Adds refinements to the candidates; where one says what another candidate says, the other's stands."""
    if search.late:
        return {}
    plan = search.searcher.refine(front_of(state, search), planned=state["plan"])
    if not plan:
        return {}
    steered = required(search.model, Steerable, "search.refine")
    made = steered.nudge(state["rows"], plan)
    search.watch(made)
    measured = search.model.measure(state["rows"], distinct(made))
    refined = judged(search, state["beams"], measured, depth=state["step"])
    candidates = joined(state["candidates"], checked(refined, steered.apart(refined), state["candidates"]))
    return {"candidates": candidates, **counted(state, made)}


def checked(refined: Candidates, apart_M: np.ndarray, others: Candidates) -> Candidates:
    """The refinements, hardly believed where they do not mean what they say: where their text, read again by the
    student, is farther from their latent than the clean latent is from its own text. The verifier has no voice in it.
    """
    clean, limit_N = others.clean_M, np.zeros(int(others.parent_M.max()) + 1, np.float32)
    limit_N[others.parent_M[clean]] = others.terms[ROUND_TRIP][clean]
    refused_M = apart_M > limit_N[refined.parent_M]
    gain_M = np.where(refused_M, np.minimum(refined.gain_M, np.float32(REFUSED)), refined.gain_M)
    return replace(refined, gain_M=gain_M, refused=tuple(refused_M.tolist()))
