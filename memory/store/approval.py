"""Who must say yes to a change of champion: the rule that the loop asks and that promotion holds to.

Fast is a change among students of one core, the base weights that were trained whole: only the additions to them are
others. Every other change is deep.
"""

from sqlalchemy.orm import Session

from memory.store.checkpoints import HOME, newest_move
from memory.store.database import Database
from memory.store.proposals import Filed, proposals_about
from memory.store.runs import approval_of
from reasoner.config.settings import Approval
from reasoner.errors import GateError
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.proposal import Proposal
from reasoner.types.report import Decision


def is_deep(candidate: Checkpoint, champion: Checkpoint) -> bool:
    """Whether base weights change when one takes the other's place."""
    return (candidate.core or candidate.id) != (champion.core or champion.id)


def needs_approval(approval: Approval, candidate: Checkpoint, champion: Checkpoint) -> bool:
    """Whether a person must say yes to a candidate in the champion's place."""
    return approval == "human" or (approval == "fast_auto" and is_deep(candidate, champion))


def why_stale(database: Database, proposal: Proposal) -> str:
    """Why a proposal can no longer be carried out: another champion reigns than when it was written; empty if not."""
    with database.reading() as session:
        moves = {scope: newest_move(session, scope) for scope in (proposal.run, HOME)}
    reigning = {scope: "" if move is None else move.checkpoint for scope, move in moves.items()}
    for scope, name, was in ((proposal.run, "run", proposal.champion), (HOME, "home", proposal.home_champion)):
        if reigning[scope] != was:
            return (
                f"the {name}'s champion is {reigning[scope]!r} by now, it was {was or 'nobody'!r} when this was "
                "proposed; the candidate has not been compared with it"
            )
    return ""


def require_approval(session: Session, decision: Decision, candidate: Checkpoint, champion: Checkpoint | None) -> None:
    """Holds a promotion to the run's own rule, whoever calls.

    Raises:
        GateError: a person must say yes and has not, or has said no.
    """
    filed = proposals_about(session, candidate.id, run=decision.run)
    mine = [one for one in filed if one.proposal.champion == decision.champion and one.proposal.kind == decision.kind]
    if decision.proposal:
        mine = [one for one in mine if one.proposal.id == decision.proposal]
    approval = approval_of(session, decision.run)
    # Whoever cannot be looked at counts as of another core.
    asked = needs_approval(approval, candidate, champion) if champion else approval != "auto"
    if not mine and (asked or decision.proposal):
        raise GateError(
            f"decision {decision.id!r}: with approval={approval} {candidate.id!r} needs a person's yes to take the "
            f"place of {decision.champion!r}, and nothing was proposed; run `reasoner loop`, which proposes it"
        )
    for one in mine:
        _require_yes(one)


def _require_yes(filed: Filed) -> None:
    if filed.ruling is None:
        raise GateError(
            f"proposal {filed.proposal.id!r} about {filed.proposal.candidate!r} waits for a person: "
            f"`reasoner proposals show {filed.proposal.id}`, then approve or deny it"
        )
    if filed.ruling.verdict != "approved":
        ruling = filed.ruling
        raise GateError(
            f"proposal {filed.proposal.id!r} about {filed.proposal.candidate!r} was {ruling.verdict} by {ruling.by} "
            f"at {ruling.at}: {ruling.reason}"
        )
