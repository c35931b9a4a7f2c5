"""What waits for a person's yes or no."""

from typing import TYPE_CHECKING

from reasoner.bootstrap.failures import in_words
from reasoner.bootstrap.home import Home
from reasoner.bootstrap.proposals import Ruled, ShownProposal, list_proposals, rule_on_proposal, show_proposal

if TYPE_CHECKING:
    from memory.store.proposals import Filed
    from reasoner.types.proposal import RulingVerdict


class Proposals:
    """`Reasoner.proposals`. An id may be part of one, or `latest`."""

    def __init__(self, place: Home) -> None:
        self._place = place

    @in_words()
    def list(self, *, waiting: bool = False, run: str | None = None) -> "tuple[Filed, ...]":
        """Proposals in the order in which they were written; only those that nobody has ruled on, or of one run."""
        return tuple(list_proposals(self._place, waiting=waiting, run=run))

    @in_words()
    def show(self, proposal: str) -> ShownProposal:
        """One proposal: why, what improves and what gets worse by name, what it costs, how it is undone."""
        return show_proposal(self._place, proposal)

    @in_words()
    def approve(self, proposal: str, *, reason: str = "", by: str | None = None) -> Ruled:
        """Says yes, once; the run carries it out when `loop` goes on with it. `by`: user and host by default."""
        return self._rule(proposal, "approved", reason, by)

    @in_words()
    def deny(self, proposal: str, *, reason: str, by: str | None = None) -> Ruled:
        """Says no, and why. Denied stays denied: this candidate never becomes champion."""
        return self._rule(proposal, "denied", reason, by)

    def _rule(self, proposal: str, verdict: "RulingVerdict", reason: str, by: str | None) -> Ruled:
        id = show_proposal(self._place, proposal).proposal.id
        return rule_on_proposal(self._place, id, verdict, reason=reason, by=by)
