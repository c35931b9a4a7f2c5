"""What the teacher was worth: how much of its work passed the check, and what an example and a point cost."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from agents.reporting.events import Event
from agents.reporting.figures import dollars, percent
from agents.reporting.nothing_learnt import failure_words, nothing_learnt, record_of
from agents.reporting.summary import Summary


@dataclass(frozen=True)
class Teaching:
    """All cycles together, and each."""

    model: str
    figures: list[tuple[str, str, str]]
    """Name, value, and a remark."""
    reasons: list[tuple[str, int, float]]
    """Why pieces were accepted or not, the most frequent first, with their share of all."""
    barren: list[dict[str, Any]]
    """Cycles from which nothing was accepted, and why; see `nothing_learnt.record_of`."""
    failed: list[str]
    """What is to be said of failed calls, a sentence a cycle."""
    rows: list[list[str]]
    """cycle, calls, from the cache, accepted, rejected, precision, tokens, dollars."""


def teaching(summary: Summary) -> Teaching | None:
    """None where nobody was asked."""
    taught = [(cycle.cycle, cycle.teacher) for cycle in summary.cycles if cycle.teacher]
    if not taught:
        return None
    total = Counter[str]()
    for _, event in taught:
        total.update({key: event.get(key, 0) for key in ("calls", "cached", "accepted", "rejected", "usd", "tokens")})
    learnt = sum(cycle.examples.get("added", 0) for cycle in summary.cycles if cycle.examples)
    reasons = Counter[str]()
    for _, event in taught:
        reasons.update(event.get("reasons", {}))
    pieces = sum(reasons.values()) or 1
    return Teaching(
        model=str(taught[-1][1].get("model", "")),
        figures=_figures(total, learnt, summary),
        reasons=[(reason, count, count / pieces) for reason, count in reasons.most_common()],
        barren=[record_of(cycle) for cycle in nothing_learnt(summary)],
        failed=[f"Cycle {number}: {words}." for number, event in taught if (words := failure_words(event))],
        rows=[_row(number, event) for number, event in taught],
    )


def _figures(total: Counter[str], learnt: int, summary: Summary) -> list[tuple[str, str, str]]:
    pieces, usd, calls = total["accepted"] + total["rejected"], float(total["usd"]), total["calls"]
    sealed = [cycle.sealed.overall.accuracy for cycle in summary.measured if cycle.sealed]
    gained = 100 * (sealed[-1] - sealed[0]) if sealed else 0.0
    point = dollars(usd / gained) if gained > 0 else "-"
    worth = f"{calls / gained:.1f} calls each, on the sealed set" if gained > 0 else "none gained on the sealed set"
    precision = percent(total["accepted"] / pieces) if pieces else "-"
    example = dollars(usd / learnt) if learnt else "-"
    each = f"{learnt:,} learnt, {calls / learnt:.2f} calls each" if learnt else "none learnt"
    return [
        ("precision", precision, f"{total['accepted']:,} of {pieces:,} pieces passed the check"),
        ("paid calls", f"{calls:,}", f"{total['cached']:,} more were answered from the cache"),
        ("cost of a verified example", example, each),
        ("cost of a point gained", point, worth),
    ]


def _row(number: int, event: Event) -> list[str]:
    accepted, rejected = event.get("accepted", 0), event.get("rejected", 0)
    share = percent(accepted / (accepted + rejected)) if accepted + rejected else "-"
    tokens = event.get("tokens")
    return [
        str(number), str(event.get("calls", 0)), str(event.get("cached", 0)), str(accepted), str(rejected), share,
        "-" if tokens is None else f"{tokens:,}", dollars(event.get("usd", 0.0)),
    ]  # fmt: skip
