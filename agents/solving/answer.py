"""answer: which complete solution of each question stands."""

from agents.solving.state import SolveChange, SolveState
from reasoner.search.search import Search


def answer(state: SolveState, search: Search) -> SolveChange:
    """Chooses."""
    return {"chosen": tuple(search.searcher.choose(found, search.answer_of) for found in state["complete"])}
