"""The page's first sections: is the student better, by which test, and how sure is that?"""

from typing import Any

from agents.reporting.figures import dollars, duration, interval, percent, points, probability, rate
from agents.reporting.page.accuracy import accuracy_chart
from agents.reporting.page.buckets import bucket_chart
from agents.reporting.page.markup import Markup
from agents.reporting.page.proof import Proof, proof_chart, proofs
from agents.reporting.page.svg import for_both_screens
from agents.reporting.summary import Cycle, Summary


def title(summary: Summary) -> str:
    """The page's largest words."""
    gain = summary.gain
    if not summary.promotions:
        return "Nothing promoted" if any(cycle.decision for cycle in summary.cycles) else "Nothing examined yet"
    return f"{points(gain.gain)} on the sealed set" if gain else f"{len(summary.promotions)} promoted so far"


def tone(summary: Summary) -> str:
    """One word for the colour of the headline."""
    gain = summary.gain
    if not summary.promotions or gain is None:
        return "even"
    return "better" if gain.ci95[0] > 0 else "worse" if gain.ci95[1] < 0 else "even"


def key_figures(summary: Summary) -> list[tuple[str, str, str]]:
    """Label, value, remark."""
    measured = [cycle.sealed.overall for cycle in summary.measured if cycle.sealed]
    decided = [cycle for cycle in summary.cycles if cycle.decision]
    figures = list[tuple[str, str, str]]()
    if gain := summary.gain:
        figures.append(("gain in points", f"{100 * gain.gain:+.1f}", f"95% {interval(gain.ci95)}, item by item"))
    if measured:
        figures.append(
            ("sealed now", percent(measured[-1].accuracy), f"{interval(measured[-1].ci95)} of {measured[-1].n}")
        )
        figures.append(("sealed at first", percent(measured[0].accuracy), interval(measured[0].ci95)))
    figures.append(("promoted", f"{len(summary.promotions)} of {len(decided)}", "candidates that passed the gate"))
    usd = sum(cycle.teacher.get("usd", 0.0) for cycle in summary.cycles if cycle.teacher)
    figures.append(("teacher", dollars(usd), f"{sum((c.teacher or {}).get('calls', 0) for c in summary.cycles)} calls"))
    if judged := [cycle.judge for cycle in summary.cycles if cycle.judge]:
        verdicts = f"{sum(event['calls'] for event in judged)} verdicts"
        figures.append(("judge", dollars(sum(event["usd"] for event in judged)), verdicts))
    seconds = summary.done["seconds"] if summary.done else sum(cycle.seconds for cycle in summary.cycles)
    figures.append(("time", duration(seconds), f"{max((c.cycle for c in summary.cycles), default=0)} cycles"))
    return figures


def progress(summary: Summary) -> dict[str, Any]:
    """Accuracy by cycle, the table of cycles, and the buckets."""
    measured = [cycle.sealed for cycle in summary.measured if cycle.sealed]

    def buckets(kind: str) -> Markup | None:
        if not measured or not (measured[0].by_skill if kind == "skill" else measured[0].by_difficulty):
            return None
        return for_both_screens(lambda width: bucket_chart(measured[0], measured[-1], kind, width))

    return {
        "accuracy": for_both_screens(lambda width: accuracy_chart(summary, width)),
        "cycles": [_cycle_row(cycle) for cycle in summary.cycles],
        "by_skill": buckets("skill"),
        "by_difficulty": buckets("difficulty"),
    }


def _cycle_row(cycle: Cycle) -> dict[str, Any]:
    decision, teacher, examples = cycle.decision or {}, cycle.teacher or {}, cycle.examples or {}
    return {
        "cycle": cycle.cycle,
        "verdict": decision.get("verdict", "base" if not cycle.cycle else "unfinished"),
        "reason": decision.get("reason", ""),
        "sealed": rate(cycle.sealed.overall) if cycle.sealed else "-",
        "wins": f"{decision['wins']} / {decision['losses']}" if decision.get("wins") is not None else "-",
        "p": probability(decision.get("p")),
        "alpha": probability(decision.get("alpha")),
        "mined": str((cycle.failures or {}).get("mined", "-")),
        "examples": f"+{examples['added']:,}" if "added" in examples else "-",
        "calls": str(teacher.get("calls", "-")),
        "seconds": duration(cycle.seconds) if cycle.seconds else "-",
    }


def proof(summary: Summary) -> dict[str, Any]:
    """The test, in words and drawn."""
    found = proofs(summary)

    def row(one: Proof) -> list[str]:
        least = points(one.detectable) if one.detectable is not None else "none"
        return [
            str(one.cycle),
            one.verdict,
            f"{points(one.gain)} {interval(one.ci95)}",
            f"±{100 * one.floor:.1f}",
            least,
            probability(one.p),
            probability(one.alpha),
        ]

    telling = next((p for p in reversed(found) if p.verdict == "promote"), found[-1] if found else None)
    return {
        "proof_chart": for_both_screens(lambda width: proof_chart(found, width)) if found else None,
        "proof_rows": [row(one) for one in found],
        "proof_words": telling.words if telling else "",
        "proof_of": telling,
    }
