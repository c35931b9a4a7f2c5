"""The gate: what a comparison means for the champion, and why, in words.

Promote only on proof: p below the cycle's alpha and no bucket lost. Everything else keeps the champion. With
`gate.test=e_process` the items are asked in blocks, and `is_over` says after which of them the asking ends.
"""

import hashlib
from typing import Literal

from reasoner.config.settings import GateSettings
from reasoner.evaluation.comparison import p_of
from reasoner.evaluation.e_process import block_ends
from reasoner.types.report import Comparison, Decision

MAX_ERROR_SHARE = 0.01
"""Share of items without a judgement above which nothing is promoted: they could hide losses."""

Verdict = Literal["promote", "keep", "reject"]


def decide(comparison: Comparison, *, cycle: int, alpha: float, candidate: str, champion: str, run: str) -> Decision:
    """Promotes, keeps or rejects.

    Args:
        comparison: of champion and candidate on the cycle's gate set.
        cycle: 1 or more.
        alpha: the cycle's level, see `alpha_of_cycle`.
        candidate: checkpoint id.
        champion: checkpoint id.
        run: run id.

    Returns:
        `promote`: proven better. `reject`: proven worse, overall or in a bucket. `keep`: neither. The same input gives
        the same decision with the same id (16 hex digits).
    """
    verdict, why = _judge(comparison, alpha)
    content = f"{run}|{cycle}|{candidate}|{champion}|{alpha!r}|{comparison.model_dump_json()}"
    return Decision(
        id=hashlib.sha256(content.encode()).hexdigest()[:16],
        run=run,
        cycle=cycle,
        candidate=candidate,
        champion=champion,
        verdict=verdict,
        comparison=comparison,
        alpha=alpha,
        reason=f"{why}; {_numbers(comparison)}",
    )


def looks_at(size: int, gate: GateSettings) -> list[int]:
    """After how many of a set's items a test looks whether it is over; the exact one after all of them."""
    return block_ends(size, gate.block) if gate.test == "e_process" else [size]


def is_over(comparison: Comparison, alpha: float) -> bool:
    """Whether what was asked so far ends the asking: the candidate is proven better, or proven worse.

    While too many items could not be judged, a gain promotes nobody and more are asked.
    """
    p, harm = _ps(comparison)
    return harm < alpha or (p < alpha and not _fails_often(comparison))


def _ps(comparison: Comparison) -> tuple[float, float]:
    """For a gain and for harm."""
    wins, losses, test = comparison.wins, comparison.losses, comparison.test
    return p_of(wins, losses, test), p_of(losses, wins, test)


def _fails_often(comparison: Comparison) -> bool:
    return comparison.errors > MAX_ERROR_SHARE * (comparison.n + comparison.errors)


def _judge(comparison: Comparison, alpha: float) -> tuple[Verdict, str]:
    """The verdict and what led to it."""
    p, harm = _ps(comparison)
    if comparison.vetoes:
        worst = max(comparison.vetoes, key=lambda veto: (veto.losses - veto.wins) / max(veto.n, 1))
        lost = f"{worst.wins} wins, {worst.losses} losses on {worst.n} items, p={worst.p:.2g}"
        more = f" and {len(comparison.vetoes) - 1} more" if len(comparison.vetoes) > 1 else ""
        said = "worse in" if worst.rule == "proven" else "too much of a loss is not excluded in"
        return "reject", f"vetoed: {said} {worst.bucket} ({lost}){more}"
    if harm < alpha:
        return "reject", f"worse than the champion: p={harm:.2g} for harm is below alpha={alpha:.2g}"
    if _fails_often(comparison):
        return "keep", f"the checker failed on {comparison.errors} items, too many to promote anyone"
    if p < alpha:
        return "promote", f"better than the champion: p={p:.2g} is below alpha={alpha:.2g}"
    return "keep", f"no proof of a gain: p={p:.2g} is not below alpha={alpha:.2g}"


def _numbers(comparison: Comparison) -> str:
    low, high = comparison.ci95
    points = f"{100 * comparison.gain:+.1f} points (95% {100 * low:+.1f} to {100 * high:+.1f})"
    return f"{comparison.wins} wins, {comparison.losses} losses on {comparison.n} items{_asked(comparison)}, {points}"


def _asked(comparison: Comparison) -> str:
    """How much of its set an e-process asked; nothing of a test that asks all."""
    if comparison.of is None:
        return ""
    early = "; stopped early, so the gain reads high" if comparison.asked < comparison.of else ""
    return f" ({comparison.asked} of {comparison.of} asked, e-process{early})"
