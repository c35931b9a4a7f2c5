"""approve: a change that needs a person's yes is proposed and waits; what was ruled is carried out, once.

The node runs from the top again whenever the run is taken up. The proposal is written at the first time only, the
ruling is a row of the store, and the decision that carries it out is named after the ruling: nothing happens twice.
"""

from agents.deciding import settle
from agents.decision_check import id_of_ruling, said_of
from agents.parts import Parts
from agents.proposing import propose
from agents.state import Change, ImproveState
from memory.store.approval import why_stale
from memory.store.proposals import ProposalStore
from reasoner.types.proposal import Proposal, Ruling
from reasoner.types.report import Decision

LOOP = "reasoner loop"
"""Who rules where nobody did: on a proposal that can no longer be carried out."""


def approve(state: ImproveState, parts: Parts) -> Change:
    """Returns `{"waits": proposal id}` while nobody has ruled; then the champion and the verdict."""
    cycle = state["cycle"]
    decision = parts.decisions.get(state["awaiting"])
    proposal = propose(decision, parts)
    _tell(proposal, parts)
    ruling = _ruling(proposal, parts)
    if ruling is None:
        return {"waits": proposal.id}
    carried = parts.decisions.find(id_of_ruling(ruling)) or _carried_out(decision, proposal, ruling, parts)
    changed = settle(carried, parts, key=f"{cycle}/ruling", proposal=proposal.id)
    # A cycle that promoted additions and was denied their merging has promoted all the same.
    kept = {} if changed["verdict"] == "promote" or decision.kind != "merge" else {"verdict": state["verdict"]}
    return {**changed, **kept, "awaiting": ""}


def _ruling(proposal: Proposal, parts: Parts) -> Ruling | None:
    store = ProposalStore(parts.database)
    ruling = store.get(proposal.id).ruling
    if ruling is None and (stale := why_stale(parts.database, proposal)):
        return store.rule(proposal.id, "lapsed", by=LOOP, reason=stale)
    return ruling


def _carried_out(decision: Decision, proposal: Proposal, ruling: Ruling, parts: Parts) -> Decision:
    """The decision that a ruling comes to."""
    yes, stale = ruling.verdict == "approved", why_stale(parts.database, proposal)
    late = f"; too late: {stale}" if yes and stale else ""
    return decision.model_copy(
        update={
            "id": id_of_ruling(ruling),
            "verdict": "promote" if yes and not stale else "keep",
            "reason": f"{said_of(ruling)}{late}; {decision.reason}",
            "proposal": proposal.id,
            "rehearsed": "",
        }
    )


def _tell(proposal: Proposal, parts: Parts) -> None:
    told = {"kind", "decision", "candidate", "champion", "home_champion", "deep", "rationale", "cost", "kl", "revert"}
    body = proposal.model_dump(mode="json", include=told)
    parts.events.write(
        f"{proposal.cycle}/proposal/{proposal.id}",
        "proposal",
        proposal.cycle,
        proposal=proposal.id,
        **body,
        denials=len(proposal.denials),
        consistency=proposal.consistency.model_dump(mode="json"),
    )
