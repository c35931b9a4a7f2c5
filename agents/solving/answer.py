"""answer: which complete solution of each question stands."""

from agents.solving.state import SolveChange, SolveState
from reasoner.search.arena import Arena


def answer(state: SolveState, arena: Arena) -> SolveChange:  # noqa: ARG001 (a node)
    """Leaves the places of the chosen solutions in the arena."""
    arena.chosen = [arena.searcher.choose(found, arena.answer_of) for found in arena.complete]
    return {}
