"""watch: the champion before the present one is asked this cycle's gate set too."""

from agents.gate_attempts import GateAttempts
from agents.parts import Parts
from agents.state import Change, ImproveState
from agents.watching import former_of
from reasoner.evaluation.alpha import alpha_of_cycle


def watch(state: ImproveState, parts: Parts) -> Change:
    """Compares it with the champion; what that means is `decide`'s to say."""
    cycle, champion, former = state["cycle"], state["champion"], former_of(state, parts)
    asking = GateAttempts(parts, cycle=cycle, node="watch")
    found = asking.compared(asking.until_over(champion, former))
    alpha = alpha_of_cycle(cycle, parts.settings.gate.alpha)
    figures = found.model_dump(mode="json", include={"n", "wins", "losses", "gain", "ci95", "p", "of"})
    parts.events.write(f"{cycle}/watch", "watch", cycle, former=former, champion=champion, alpha=alpha, **figures)
    return {"watched": {"former": former, "comparison": found.model_dump(mode="json")}}
