"""decide: the gate's word, recorded before the champion pointer moves."""

import hashlib

from agents.parts import Parts
from agents.rehearsing import Rehearsal, rehearse
from agents.state import Change, ImproveState
from memory.promotion import promote
from reasoner.evaluation.alpha import alpha_of_cycle
from reasoner.evaluation.gate import decide as judge
from reasoner.types.report import Comparison, Decision


def decide(state: ImproveState, parts: Parts) -> Change:
    """Promotes, keeps or rejects, and says why."""
    cycle, champion = state["cycle"], state["champion"]
    decision, rehearsal = _rehearsed(_judged(state, parts), parts)
    parts.decisions.record(decision)
    if decision.verdict == "promote":
        champion = promote(parts.database, decision.id).id
    compared = decision.comparison
    parts.events.write(
        f"{cycle}/decision",
        "decision",
        cycle,
        candidate=decision.candidate,
        champion=decision.champion,
        verdict=decision.verdict,
        n=compared.n if compared else 0,
        wins=compared.wins if compared else None,
        losses=compared.losses if compared else None,
        gain=compared.gain if compared else None,
        ci95=compared.ci95 if compared else None,
        p=compared.p if compared else None,
        alpha=decision.alpha,
        vetoes=[v.model_dump(mode="json") for v in compared.vetoes] if compared else [],
        reason=decision.reason,
        id=decision.id,
        rehearsal=rehearsal.model_dump(mode="json") if rehearsal else None,
    )
    return {"champion": champion, "verdict": decision.verdict}


def _rehearsed(decision: Decision, parts: Parts) -> tuple[Decision, Rehearsal | None]:
    """A promotion counts only if its champion could be restored to the bit."""
    if decision.verdict != "promote":
        return decision, None
    rehearsal = rehearse(parts, decision.champion)
    if not rehearsal.failed:
        return decision.model_copy(update={"rehearsed": rehearsal.outputs}), rehearsal
    reason = f"no way back: {decision.champion} restored says {rehearsal.restored}, not {rehearsal.outputs}"
    return decision.model_copy(update={"verdict": "keep", "reason": f"{reason}; {decision.reason}"}), rehearsal


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
