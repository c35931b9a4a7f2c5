"""examine: champion and candidate sit the same fresh gate set."""

from agents.parts import Parts
from agents.state import Change, ImproveState
from reasoner.evaluation.comparison import compare
from reasoner.types.tried import attempts_of


def examine(state: ImproveState, parts: Parts) -> Change:
    """Compares both on problems that no cycle has used before."""
    if not state["candidate"]:
        return {"comparison": None}
    cycle = state["cycle"]
    problems = parts.source.gate(cycle)
    champion = parts.evaluate(state["champion"], problems, split="gate", cycle=cycle, node="examine")
    candidate = parts.evaluate(state["candidate"], problems, split="gate", cycle=cycle, node="examine")
    comparison = compare(attempts_of(champion), attempts_of(candidate), parts.settings.gate)
    return {"comparison": comparison.model_dump(mode="json")}
