"""recall: what the memory knows that is like each question, if it may be asked."""

from agents.solving.state import SolveChange, SolveState
from reasoner.search.search import Search
from reasoner.types.step_model import Remembers, required


def recall(state: SolveState, search: Search) -> SolveChange:
    """Has the student read the steps of remembered solutions."""
    if search.recall is None:
        return {}
    reader = required(search.model, Remembers, "search.recall")
    return {"rows": reader.recall(state["rows"], search.recall(search.questions, search.neighbours))}
