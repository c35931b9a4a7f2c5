"""From scored answers to metrics: value, interval, errors, rows of chance and majority, subjects, the clean part."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import fmean

from reasoner.evaluation.statistics import Interval, mean_interval, pass_at_k, wilson
from reasoner.types.benchmark import BenchmarkInfo, Item
from reasoner.types.benchmark_report import Answered, Measure, Part

TRIES = (1, 10, 100)
"""k of pass@k."""

NO_FILTER = "none"


@dataclass(frozen=True)
class _Judged:
    """An item and what one metric gave it."""

    item: Item
    value: float


def measures_of(
    info: BenchmarkInfo, items: Sequence[Item], answered: Sequence[Answered], *, known: Collection[str] | None
) -> tuple[Measure, ...]:
    """Every metric of a benchmark, the headline first.

    Args:
        info: names the metrics.
        items: in their order.
        answered: the same items, answered.
        known: ids of items whose question is known here; None where nothing was compared.
    """
    found: list[Measure] = []
    for name in info.metrics:
        metric, _, filter = name.partition("/")
        for k, called in _tries(name, metric, answered):
            judged = [
                _Judged(item, value)
                for item, line in zip(items, answered, strict=True)
                if (value := _value(line, name, k)) is not None
            ]
            found.append(
                _measure(info, called, filter or NO_FILTER, judged, errors=len(items) - len(judged), known=known)
            )
    return tuple(found)


def _tries(name: str, metric: str, answered: Sequence[Answered]) -> list[tuple[int, str]]:
    """k and what the metric is called for each k that the samples allow; the mean over them all is that of k = 1."""
    samples = max((len(line.scores) for line in answered), default=1)
    scores = (score.values.get(name, 0.0) for line in answered for score in line.scores)
    if samples == 1 or any(value not in (0.0, 1.0) for value in scores):
        return [(1, metric)]
    later = "pass" if metric == "pass@1" else f"{metric}_pass"
    return [(k, metric if k == 1 else f"{later}@{k}") for k in TRIES if k <= samples]


def _value(line: Answered, name: str, k: int) -> float | None:
    """What an item is worth, over its samples; None where it has no verdict."""
    values = [score.values.get(name) for score in line.scores]
    if not values or any(value is None for value in values):
        return None
    told = [value for value in values if value is not None]
    if k > 1:
        return pass_at_k(len(told), sum(value == 1.0 for value in told), k)
    return fmean(told)


def _measure(
    info: BenchmarkInfo,
    metric: str,
    filter: str,
    judged: Sequence[_Judged],
    *,
    errors: int,
    known: Collection[str] | None,
) -> Measure:
    subjects = sorted({one.item.subject for one in judged} - {""})
    part, interval = _part(judged)
    return Measure(
        metric=metric,
        filter=filter,
        **part.model_dump(),
        interval="wilson" if interval is wilson else "t",
        chance=_chance(info, judged),
        majority=_majority(judged),
        errors=errors,
        by_subject={s: _part([one for one in judged if one.item.subject == s])[0] for s in subjects},
        clean=None if known is None else _part([one for one in judged if one.item.id not in known])[0],
    )


def _part(judged: Sequence[_Judged]) -> tuple[Part, object]:
    """The mean of some items, and which interval it has: a share's where each is right or wrong."""
    values = [one.value for one in judged]
    n = len(values)
    if all(value in (0.0, 1.0) for value in values):
        right = round(sum(values))
        return Part(value=right / n if n else 0.0, ci95=wilson(right, n), n=n), wilson
    ci95: Interval = mean_interval(values)
    return Part(value=fmean(values), ci95=ci95, n=n), mean_interval


def _chance(info: BenchmarkInfo, judged: Sequence[_Judged]) -> float:
    """As the benchmark says it, else that of taking one of an item's options blindly."""
    if info.chance or not judged:
        return info.chance
    return fmean(1 / len(one.item.options) if one.item.options else 0.0 for one in judged)


def _majority(judged: Sequence[_Judged]) -> float:
    if not judged:
        return 0.0
    return Counter(one.item.gold for one in judged).most_common(1)[0][1] / len(judged)
