"""The watch over a promotion: the champion and the one before it sit the same fresh gate set, for some cycles.

It is the gate's own test, reversed: the former champion is the candidate. Each cycle has one watch at the cycle's
level, so that the chance of any false revert in a run stays below `gate.alpha`, as that of a false promotion does.
"""

from agents.parts import Parts
from agents.state import ImproveState
from memory.store.proposals import ProposalStore
from reasoner.evaluation.alpha import alpha_of_cycle
from reasoner.evaluation.gate import decide as judge
from reasoner.types.report import Comparison, Decision


def former_of(state: ImproveState, parts: Parts) -> str:
    """Whom the champion is to be compared with in this cycle; empty if the watch over it is off or has ended, or the
    files of the former champion are gone."""
    champion, cycle = state["champion"], state["cycle"]
    # What additions were merged into says what they said: the watch over them goes on.
    merged = parts.decisions.promoting(champion, kind="merge")
    made = parts.decisions.promoting(merged.champion if merged else champion)
    if made is None:
        return ""
    # A run that begins with another run's promotion watches over it in its own first cycles.
    since = made.cycle if made.run == parts.run else 0
    there = (parts.home / "checkpoints" / made.champion).is_dir()
    if not there or not 0 < cycle - since <= parts.settings.gate.watch_cycles:
        return ""
    return "" if _was_denied(made.champion, champion, parts) else made.champion


def regression(state: ImproveState, parts: Parts) -> Decision | None:
    """The decision to go back, where the watch has found the champion worse than the one before it."""
    watched = state.get("watched")
    if not watched:
        return None
    decision = judge(
        Comparison.model_validate(watched["comparison"]),
        cycle=state["cycle"],
        alpha=alpha_of_cycle(state["cycle"], parts.settings.gate.alpha),
        candidate=watched["former"],
        champion=state["champion"],
        run=parts.run,
    )
    if decision.verdict != "promote":
        return None
    left = f"; {state['candidate']} was not considered" if state["candidate"] else ""
    reason = f"the champion has become worse than the one before it: {decision.reason}{left}"
    return decision.model_copy(update={"kind": "revert", "reason": reason})


def _was_denied(former: str, champion: str, parts: Parts) -> bool:
    """Denied stays denied: nobody is asked again whether to go back from one to the other."""
    return any(
        one.proposal.kind == "revert"
        and (one.proposal.candidate, one.proposal.champion) == (former, champion)
        and one.state == "denied"
        for one in ProposalStore(parts.database).list()
    )
