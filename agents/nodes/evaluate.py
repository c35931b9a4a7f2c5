"""evaluate: the champion tries this cycle's practice pool."""

from agents.parts import Parts
from agents.state import Change, ImproveState


def evaluate(state: ImproveState, parts: Parts) -> Change:
    """Opens the next cycle and attempts its practice problems."""
    cycle = state["cycle"] + 1
    tried = parts.evaluate(
        state["champion"], parts.source.practice(cycle), split="practice", cycle=cycle, node="evaluate"
    )
    failures = sum(one.wrong for one in tried)
    fresh: Change = {"candidate": "", "comparison": None, "verdict": "", "requests": 0, "searched": 0}
    fresh |= {"watched": None, "awaiting": ""}
    return {"cycle": cycle, "failures": failures, **fresh}
