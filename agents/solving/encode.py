"""encode: the student reads the questions; the first beams, of no step yet."""

import numpy as np

from agents.solving.state import SolveChange, SolveState
from reasoner.search.beams import Beams
from reasoner.search.search import Search


def encode(state: SolveState, search: Search) -> SolveChange:  # noqa: ARG001 (a node)
    """Begins."""
    B = len(search.questions)
    question_N = np.arange(B).repeat(search.searcher.starts)
    return {
        "step": 0,
        "live": len(question_N),
        "decodes": 0,
        "refinements": search.searcher.refinements,
        "rows": search.model.root(search.questions, seed=search.seed).take(question_N),
        "beams": Beams.empty(question_N),
        "complete": ((),) * B,
        "spent": np.zeros(B, dtype=np.int64),
    }
