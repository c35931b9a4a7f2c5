"""watch: the champion before the present one sits this cycle's gate set too."""

from agents.parts import Parts
from agents.state import Change, ImproveState
from agents.watching import former_of
from reasoner.evaluation.alpha import alpha_of_cycle
from reasoner.evaluation.comparison import compare
from reasoner.types.tried import attempts_of


def watch(state: ImproveState, parts: Parts) -> Change:
    """Compares it with the champion; what that means is `decide`'s to say."""
    cycle, champion, former = state["cycle"], state["champion"], former_of(state, parts)
    present = parts.sat(champion, cycle=cycle, node="watch")
    before = parts.sat(former, cycle=cycle, node="watch")
    found = compare(attempts_of(present), attempts_of(before), parts.settings.gate)
    alpha = alpha_of_cycle(cycle, parts.settings.gate.alpha)
    figures = found.model_dump(mode="json", include={"n", "wins", "losses", "gain", "ci95", "p"})
    parts.events.write(f"{cycle}/watch", "watch", cycle, former=former, champion=champion, alpha=alpha, **figures)
    return {"watched": {"former": former, "comparison": found.model_dump(mode="json")}}
