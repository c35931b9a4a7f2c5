"""examine: champion and candidate are asked the same fresh gate set, and what must not be lost."""

from agents.gate_attempts import GateAttempts
from agents.parts import Parts
from agents.repairs import ask_repairs
from agents.retention import ask_retained
from agents.state import Change, ImproveState


def examine(state: ImproveState, parts: Parts) -> Change:
    """Compares both on problems that no cycle has used before."""
    if not state["candidate"]:
        return {"comparison": None}
    asking = GateAttempts(parts, cycle=state["cycle"], node="examine")
    pair = asking.until_over(state["champion"], state["candidate"])
    comparison = asking.compared(pair, beside=[*ask_repairs(state, parts), *ask_retained(state, parts)])
    return {"comparison": comparison.model_dump(mode="json")}
