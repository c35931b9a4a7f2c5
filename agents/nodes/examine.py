"""examine: champion and candidate sit the same fresh gate set, and are asked what must not be lost."""

from agents.parts import Parts
from agents.repairs import ask_repairs
from agents.retention import ask_retained
from agents.state import Change, ImproveState
from reasoner.evaluation.comparison import compare
from reasoner.types.tried import attempts_of


def examine(state: ImproveState, parts: Parts) -> Change:
    """Compares both on problems that no cycle has used before."""
    if not state["candidate"]:
        return {"comparison": None}
    champion, candidate = (
        attempts_of(parts.sat(one, cycle=state["cycle"], node="examine"))
        for one in (state["champion"], state["candidate"])
    )
    beside = [*ask_repairs(state, parts), *ask_retained(state, parts)]
    comparison = compare(champion, candidate, parts.settings.gate, beside=beside)
    return {"comparison": comparison.model_dump(mode="json")}
