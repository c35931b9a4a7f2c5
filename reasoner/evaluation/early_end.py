"""Whether kept attempts stop where an e-process must have stopped: no block earlier, none later, nothing left out."""

from collections.abc import Sequence

from reasoner.config.settings import GateSettings
from reasoner.evaluation.comparison import compare
from reasoner.evaluation.e_process import asking_order
from reasoner.evaluation.gate import is_over, looks_at
from reasoner.types.problem import Attempt


def why_misordered(tried: Sequence[Attempt], *, seed: int, cycle: int) -> str:
    """What is wrong with the order of the items; empty if nothing is."""
    ids = [attempt.problem_id for attempt in tried]
    right = ids == asking_order(ids, seed=seed, cycle=cycle)
    return "" if right else "its items do not stand in the order that the run's seed gives"


def why_misplaced(
    champion: Sequence[Attempt], candidate: Sequence[Attempt], gate: GateSettings, *, of: int, alpha: float
) -> str:
    """What is wrong with the end of the asking, if its decision is to promote; empty if nothing is.

    Args:
        champion: its attempts.
        candidate: its attempts at the same items.
        gate: as the run began with.
        of: items of the whole set.
        alpha: of the cycle.
    """
    asked, ends = len(candidate), looks_at(of, gate)
    if asked not in ends:
        return f"{asked} of {of} items were asked, and no block of {gate.block} ends there"
    for end in ends[: ends.index(asked)]:
        if is_over(compare(champion[:end], candidate[:end], gate, of=of), alpha):
            return f"{asked} of {of} items were asked, and the test was over after {end}"
    return ""
