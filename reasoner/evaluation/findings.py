"""Figures as findings: a share with its Wilson interval, a paired difference with its own, a plain number."""

from collections.abc import Sequence

from reasoner.evaluation.statistics import mcnemar_exact, paired_gain, wilson
from reasoner.types.diagnosis import Finding, Unit
from reasoner.types.problem import Attempt


def share(name: str, right: int, n: int, *, against: float | None = None, note: str = "") -> Finding:
    """A share of n items with its 95% Wilson interval; 0 in [0, 1] if n is 0."""
    value = right / n if n else 0.0
    return Finding(name=name, value=value, unit="share", n=n, ci95=wilson(right, n), against=against, note=note)


def number(name: str, value: float, unit: Unit, n: int, *, against: float | None = None, note: str = "") -> Finding:
    """A figure without an interval."""
    return Finding(name=name, value=value, unit=unit, n=n, against=against, note=note)


def accuracy(name: str, attempts: Sequence[Attempt], *, against: float | None = None, note: str = "") -> Finding:
    """The share of right attempts among those that the checker could judge."""
    judged = [a for a in attempts if a.outcome != "error"]
    return share(name, sum(a.correct for a in judged), len(judged), against=against, note=note)


def difference(name: str, first: Sequence[Attempt], second: Sequence[Attempt]) -> Finding:
    """Accuracy of `second` minus that of `first` on the same items, paired.

    The note tells the items that only one of them solves and the one-sided exact McNemar p of the better one.
    """
    assert [a.problem_id for a in first] == [a.problem_id for a in second], "attempts at other items cannot be paired"
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if "error" not in (a.outcome, b.outcome)]
    wins = sum(b.correct and not a.correct for a, b in pairs)
    losses = sum(a.correct and not b.correct for a, b in pairs)
    gain, ci95 = paired_gain(wins, losses, len(pairs))
    p = mcnemar_exact(max(wins, losses), min(wins, losses))
    note = f"{wins} won, {losses} lost, p={p:.2g}"
    return Finding(name=name, value=gain, unit="difference", n=len(pairs), ci95=ci95, note=note)
