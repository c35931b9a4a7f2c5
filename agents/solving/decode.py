"""decode: the student writes the candidates; equal texts of one beam become one candidate."""

import numpy as np

from agents.solving.state import SolveChange, SolveState
from reasoner.search.beams import distinct
from reasoner.search.search import Search
from reasoner.types.step_model import Candidates


def decode(state: SolveState, search: Search) -> SolveChange:
    """Makes the candidates, those of one beam side by side, as planned."""
    made = search.model.propose(state["rows"], state["plan"])
    search.watch(made)
    return {"candidates": distinct(made), **counted(state, made)}


def counted(state: SolveState, made: Candidates) -> SolveChange:
    """The decodes so far with those of new candidates."""
    question_M = state["beams"].question_N[made.parent_M]
    spent_B = state["spent"] + np.bincount(question_M, minlength=len(state["spent"]))
    return {"decodes": state["decodes"] + len(made), "spent": spent_B}
