"""recall: what the memory knows that is like each question, if it may be asked."""

from agents.solving.state import SolveChange, SolveState
from reasoner.search.arena import Arena
from reasoner.search.recalled import read_neighbours


def recall(state: SolveState, arena: Arena) -> SolveChange:  # noqa: ARG001 (a node)
    """Leaves the steps of remembered solutions in the arena."""
    if arena.recall is not None:
        arena.recalled = read_neighbours(arena.student, arena.recall(arena.questions, arena.neighbours))
    return {}
