"""decide: the gate's word, recorded before the champion pointer moves. Where a person must say yes, it awaits that."""

import hashlib

from agents.deciding import held_back, settle
from agents.parts import Parts
from agents.proposing import proposal_id
from agents.state import Change, ImproveState
from agents.watching import regression
from reasoner.evaluation.alpha import alpha_of_cycle
from reasoner.evaluation.gate import decide as judge
from reasoner.types.report import Comparison, Decision


def decide(state: ImproveState, parts: Parts) -> Change:
    """Promotes, keeps or rejects, and says why; a champion that was found worse than the former comes first."""
    decision = held_back(regression(state, parts) or _judged(state, parts), parts)
    awaits = decision.verdict == "await"
    changed = settle(
        decision, parts, key=f"{state['cycle']}/decision", proposal=proposal_id(decision.id) if awaits else ""
    )
    return {**changed, "awaiting": decision.id if changed["verdict"] == "await" else ""}


def _judged(state: ImproveState, parts: Parts) -> Decision:
    cycle = state["cycle"]
    alpha = alpha_of_cycle(cycle, parts.settings.gate.alpha)
    given = state["comparison"]
    if given is None:
        return Decision(
            id=hashlib.sha256(f"{parts.run}|{cycle}|no candidate".encode()).hexdigest()[:16],
            run=parts.run,
            cycle=cycle,
            candidate="",
            champion=state["champion"],
            verdict="keep",
            comparison=None,
            alpha=alpha,
            reason=f"there was no candidate to examine: {state['without_candidate']}",
        )
    return judge(
        Comparison.model_validate(given),
        cycle=cycle,
        alpha=alpha,
        candidate=state["candidate"],
        champion=state["champion"],
        run=parts.run,
    )
