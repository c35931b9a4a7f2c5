"""propose: how the decodes of the step are spent on the beams."""

from agents.solving.state import SolveChange, SolveState, front_of
from reasoner.search.search import Search
from reasoner.search.searchers import Greedy


def propose(state: SolveState, search: Search) -> SolveChange:
    """Plans candidates for the next step of each beam."""
    # Once the seconds are spent, nothing but greedy's own attempt is gone on with.
    searcher = Greedy() if search.late else search.searcher
    return {"plan": tuple(searcher.plan(front_of(state, search)))}
