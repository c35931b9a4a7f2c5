"""From a decision to a champion: rehearsed, held back where a person must say yes, recorded, carried out, told."""

from typing import Any

from agents.decision_check import DecisionChecker, sums_of_attempts
from agents.parts import Parts
from agents.rehearsing import Rehearsal, rehearse
from agents.state import Change
from memory.promotion import promote
from memory.store.approval import needs_approval
from reasoner.config.settings import GateSettings
from reasoner.types.report import Decision


def settle(decision: Decision, parts: Parts, *, key: str, proposal: str = "") -> Change:
    """Records a decision, moves the champion if it says so, and writes the event `decision`. Twice is once.

    Args:
        decision: the gate's, or that which carries a ruling out.
        parts: of the run.
        key: of the event.
        proposal: id of the proposal, where one is written or was ruled on.

    Returns:
        `champion` after it, and `verdict`.
    """
    rehearsal = None
    if decision.verdict in ("promote", "await"):
        decision, rehearsal = _rehearsed(decision, parts)
    if not decision.attempts_sha256:
        decision = decision.model_copy(
            update={"attempts_sha256": sums_of_attempts(parts.folder, decision, parts.settings.gate)}
        )
    decision = parts.decisions.record(decision)
    champion = decision.champion
    if decision.verdict == "promote":
        champion = promote(parts.database, decision.id, check=DecisionChecker(parts.home, parts.database)).id
    body = _told(decision, parts.settings.gate) | {
        "rehearsal": rehearsal.model_dump(mode="json") if rehearsal else None
    }
    named = {"proposal": proposal} if proposal else {}
    parts.events.write(key, "decision", decision.cycle, **body, **named)
    return {"champion": champion, "verdict": decision.verdict}


def held_back(decision: Decision, parts: Parts) -> Decision:
    """The decision, with the verdict `await` in place of `promote` where a person must say yes."""
    if decision.verdict != "promote":
        return decision
    candidate, champion = (parts.checkpoints.get(id) for id in (decision.candidate, decision.champion))
    if not needs_approval(parts.settings.approval, candidate, champion):
        return decision
    return decision.model_copy(update={"verdict": "await"})


def _rehearsed(decision: Decision, parts: Parts) -> tuple[Decision, Rehearsal]:
    """A promotion counts only if its champion could be restored to the bit."""
    rehearsal = rehearse(parts, decision.champion)
    if not rehearsal.failed:
        return decision.model_copy(update={"rehearsed": rehearsal.outputs}), rehearsal
    reason = f"no way back: {decision.champion} restored says {rehearsal.restored}, not {rehearsal.outputs}"
    return decision.model_copy(update={"verdict": "keep", "reason": f"{reason}; {decision.reason}"}), rehearsal


def _told(decision: Decision, gate: GateSettings) -> dict[str, Any]:
    compared = decision.comparison
    part = dict[str, Any]()
    if compared is not None and compared.of is not None:
        part = {"asked": compared.asked, "of": compared.of, "block": gate.block}
    return {
        "candidate": decision.candidate,
        "champion": decision.champion,
        "verdict": decision.verdict,
        "kind": decision.kind,
        "n": compared.n if compared else 0,
        **part,
        "wins": compared.wins if compared else None,
        "losses": compared.losses if compared else None,
        "gain": compared.gain if compared else None,
        "ci95": compared.ci95 if compared else None,
        "p": compared.p if compared else None,
        "alpha": decision.alpha,
        "vetoes": [v.model_dump(mode="json") for v in compared.vetoes] if compared else [],
        "reason": decision.reason,
        "id": decision.id,
    }
