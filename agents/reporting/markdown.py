"""`report.md`: what a run proved, cycle by cycle, rebuilt at any time from `events.jsonl` and `manifest.json`."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from agents.reporting.events import Event
from agents.reporting.figures import dollars, duration, interval, percent, points, probability, rate
from agents.reporting.keeping import (
    REPAIRS_HEADER,
    REPAIRS_WORDS,
    RETENTION_HEADER,
    RETENTION_WORDS,
    lost_repairs,
    repairs_rows,
    retention_rows,
)
from agents.reporting.markdown_text import code, plain
from agents.reporting.nothing_learnt import failure_words, nothing_learnt, record_of
from agents.reporting.summary import Cycle, Summary, summarise
from agents.run_folder import RESTORE
from reasoner.storage.json_files import read_object
from reasoner.storage.writing import write_text
from reasoner.types.report import Rate

PLOT = Path("plots/accuracy.png")


def write_report(folder: Path, events: list[Event]) -> Path:
    """Writes `report.md` into the run's folder.

    Args:
        folder: the run's folder; its `manifest.json` is quoted, its plot shown if it is there.
        events: all events of the run, in order.

    Returns:
        The path of the report.
    """
    summary = summarise(events)
    parts = [
        f"# Run {plain(summary.run)}",
        headline(summary, words=plain),
        f"![Accuracy by cycle]({PLOT})" if (folder / PLOT).exists() else "",
        _cycles(summary),
        right_with_false_steps(summary),
        _buckets(summary, "skill"),
        _buckets(summary, "difficulty"),
        _teacher(summary),
        _judge(summary),
        _keeping(summary),
        _coverage(summary),
        _searches(summary),
        _failures(summary),
        _manifest(folder / "manifest.json"),
    ]
    path = folder / "report.md"
    write_text(path, "\n\n".join(part for part in parts if part) + "\n")
    return path


def headline(summary: Summary, *, words: Callable[[str], str] = str) -> str:
    """Better or not, and the test behind it, in two or three sentences; `words` makes text of others harmless."""
    decided = [cycle for cycle in summary.cycles if cycle.decision]
    if not decided:
        return "**No candidate has been examined yet**, so nothing can be said about a gain."
    if not summary.promotions:
        why = words(why_nothing(summary))
        return f"**Nothing promoted**, because {why} The champion is still the student this run began with."
    early = any(cycle.decision and cycle.decision.get("of") for cycle in summary.promotions)
    test = "an e-process, which may stop early," if early else "a one-sided exact McNemar test"
    proof = (
        f"{len(summary.promotions)} of {len(decided)} candidates were promoted, each by {test} "
        "against the champion on the same fresh gate problems, below its cycle's share of the run's alpha."
    )
    return f"**{_claim(summary)}** {proof}"


def right_with_false_steps(summary: Summary) -> str:
    """How many right answers of the last champion have a step that does not hold; empty where nobody counted."""
    measured = [cycle.sealed for cycle in summary.measured if cycle.sealed]
    if not measured or (lucky := measured[-1].right_with_false_steps) is None:
        return ""
    return (
        f"Right over a false step: {lucky} of the {measured[-1].overall.right} right answers of the last champion on "
        "the sealed set have a step that is not true or uses a quantity that nothing gives."
    )


def why_nothing(summary: Summary) -> str:
    """The newest reason against a promotion, as the end of a sentence."""
    reasons = [cycle.decision["reason"].strip() for cycle in summary.cycles if cycle.decision]
    if not reasons:
        return "no candidate reached the gate."
    decided = [cycle.decision for cycle in summary.cycles if cycle.decision]
    if decided[-1]["verdict"] == "await":
        return "the candidate waits for a person's yes or no."
    last = reasons[-1]
    return (last[:1].lower() + last[1:] if last[1:2].islower() else last).rstrip(".") + "."


def _claim(summary: Summary) -> str:
    gain = summary.gain
    if gain is None:
        return "The run has not ended."
    figures = f"{percent(gain.first)} to {percent(gain.last)} of the sealed problems"
    bounds = f"{points(gain.gain)}, 95% interval {interval(gain.ci95)}"
    if gain.ci95[0] > 0:
        return f"The student got better: from {figures} ({bounds})."
    if gain.ci95[1] < 0:
        return f"The student got worse on the sealed set, against the gate: from {figures} ({bounds})."
    return f"The sealed set does not confirm a gain: from {figures} ({bounds})."


def _cycles(summary: Summary) -> str:
    header = ["cycle", "verdict", "sealed accuracy", "wins / losses", "p", "alpha", "teacher calls", "examples", "time"]
    return "## Cycle by cycle\n\n" + _table(header, [_cycle_row(cycle) for cycle in summary.cycles])


def _cycle_row(cycle: Cycle) -> list[str]:
    decision, teacher, examples = cycle.decision or {}, cycle.teacher or {}, cycle.examples or {}
    compared = decision.get("wins") is not None
    return [
        str(cycle.cycle),
        plain(decision.get("verdict", "base" if cycle.cycle == 0 else "unfinished")),
        rate(cycle.sealed.overall) if cycle.sealed else "-",
        f"{decision['wins']} / {decision['losses']}{_part(decision)}" if compared else "-",
        probability(decision.get("p")),
        probability(decision.get("alpha")),
        str(teacher.get("calls", 0)),
        f"+{examples['added']}" if examples else "-",
        duration(cycle.seconds) if cycle.seconds else "-",
    ]


def _part(decision: Event) -> str:
    """How much of its set an e-process asked."""
    return f" ({decision['asked']} of {decision['of']} asked)" if decision.get("of") else ""


def _buckets(summary: Summary, kind: str) -> str:
    measured = [cycle.sealed for cycle in summary.measured if cycle.sealed]
    if not measured:
        return ""
    first, last = (one.by_skill if kind == "skill" else one.by_difficulty for one in (measured[0], measured[-1]))
    rows = [_bucket_row(name, first.get(name), last.get(name)) for name in sorted(first.keys() | last.keys())]
    header = [kind if kind == "skill" else "steps", "first champion", "last champion", "change", "n"]
    return f"## By {kind}, on the sealed set\n\n" + _table(header, rows) if rows else ""


def _bucket_row(name: str, first: Rate | None, last: Rate | None) -> list[str]:
    change = points(last.accuracy - first.accuracy) if first and last else "-"
    size = last or first
    return [
        plain(name),
        rate(first) if first else "-",
        rate(last) if last else "-",
        change,
        str(size.n) if size else "-",
    ]


def _teacher(summary: Summary) -> str:
    taught = [(cycle.cycle, cycle.teacher) for cycle in summary.cycles if cycle.teacher]
    if not taught:
        return ""
    calls, cached = (sum(event.get(key, 0) for _, event in taught) for key in ("calls", "cached"))
    usd = sum(event.get("usd", 0.0) for _, event in taught)
    rows = [
        [str(number), str(event["calls"]), str(event["cached"]), str(event["accepted"]), str(event["rejected"]),
         _precision([event]), dollars(event["usd"])]
        for number, event in taught
    ]  # fmt: skip
    precision = _precision([event for _, event in taught])
    words = (
        f"{calls} calls were paid and {cached} answered from the cache, for {dollars(usd)} in all. "
        f"Of the solutions and problems that the teacher wrote, {precision} passed the check."
    )
    header = ["cycle", "calls", "cached", "accepted", "rejected", "precision", "cost"]
    return f"## The teacher\n\n{words}\n\n{_table(header, rows)}"


def _judge(summary: Summary) -> str:
    told = [(cycle.cycle, cycle.judge) for cycle in summary.cycles if cycle.judge]
    if not told:
        return ""
    keys = ("calls", "cached", "failed")
    rows = [[str(number), *(str(event[key]) for key in keys), dollars(event["usd"])] for number, event in told]
    calls, failed = (sum(event[key] for _, event in told) for key in ("calls", "failed"))
    words = (
        f"{plain(told[-1][1]['model'])} gave {calls} verdicts on answers for "
        f"{dollars(sum(event['usd'] for _, event in told))}; {failed} could not be had and count neither way."
    )
    return f"## The judge\n\n{words}\n\n{_table(['cycle', 'verdicts', 'cached', 'failed', 'cost'], rows)}"


def _keeping(summary: Summary) -> str:
    """Repairs and retention suites, where gates have asked any."""
    parts = list[str]()
    if rows := repairs_rows(summary):
        parts += ["## Repairs", REPAIRS_WORDS, _table(REPAIRS_HEADER, rows)]
        if lost := lost_repairs(summary, words=plain):
            parts += ["Lost at the newest gate:", "\n".join(f"- {line}" for line in lost)]
    if rows := retention_rows(summary):
        named = [[*row[:1], plain(row[1]), *row[2:]] for row in rows]
        parts += ["## Retention", RETENTION_WORDS, _table(RETENTION_HEADER, named)]
    return "\n\n".join(parts)


def _coverage(summary: Summary) -> str:
    measured = [(cycle.cycle, cycle.examples, cycle.coverage) for cycle in summary.covered]
    rows = [
        [str(number), f"+{examples['added']}", percent(found["covered"]), _distance(found)]
        for number, examples, found in measured
        if examples and found
    ]
    if not rows:
        return ""
    probe = summary.covered[0].coverage or {}
    words = (
        f"Covered is a question of {probe['questions']} practice questions, the same in all cycles and mined in none, "
        "that has a verified example of this run, other than of itself, "
        f"within a cosine distance of {probe['radius']:.4f}: the median distance of those questions to the nearest of "
        "one another. Latents are the first champion's."
    )
    header = ["cycle", "examples", "covered", "mean distance to the nearest example"]
    return f"## Coverage\n\n{words}\n\n{_table(header, rows)}"


def _distance(found: Event) -> str:
    return "-" if found["distance"] is None else f"{found['distance']:.4f}"


def _searches(summary: Summary) -> str:
    searched = [cycle for cycle in summary.cycles if cycle.search]
    if not searched:
        return ""
    words = (
        "Failed practice problems were searched before the teacher was asked; right solutions of true, grounded steps "
        "became examples. The verifier is measured on practice problems held out of its training."
    )
    header = ["cycle", "searched", "solved", "examples", "decodes", "verifier AUC", "calibration error", "margin"]
    table = _table(header, [_search_row(cycle) for cycle in searched])
    pictures = [f"![Reliability, cycle {c.cycle}]({c.verifier['plot']})" for c in searched if c.verifier]
    return "\n\n".join(["## Searching, and the verifier", words, table, *pictures])


def _search_row(cycle: Cycle) -> list[str]:
    search, verifier = cycle.search or {}, cycle.verifier or {}
    judged = verifier.get("energy", {})
    auc = judged.get("auc")
    return [
        str(cycle.cycle),
        str(search["tried"]),
        str(search["right"]),
        str(search["examples"]),
        str(search["decodes"]),
        "-" if auc is None else f"{auc:.3f}",
        f"{judged['calibration_error']:.3f}" if judged else "-",
        f"{verifier['margin']:g}" if verifier else "-",
    ]


def _precision(events: Sequence[Event]) -> str:
    accepted, rejected = (sum(event.get(key, 0) for event in events) for key in ("accepted", "rejected"))
    return percent(accepted / (accepted + rejected)) if accepted + rejected else "nothing"


def _failures(summary: Summary) -> str:
    lines = [*_barren(summary), *_failed_calls(summary), *_refused(summary), *_broken_jobs(summary), *_fallen(summary)]
    return "## What did not work\n\n" + ("\n".join(f"- {line}" for line in lines) if lines else "Nothing to report.")


def _barren(summary: Summary) -> Iterable[str]:
    for told in map(record_of, nothing_learnt(summary)):
        why = "; ".join(_reason(refusal, told["rejected"]) for refusal in told["refused"])
        yield f"Cycle {told['cycle']} learnt nothing from {told['calls']} calls of {code(told['model'])}: {plain(why)}."


def _reason(refusal: Event, of: int) -> str:
    """A reason with its count, its example, and what to change."""
    asked = f"asked {refusal['question']!r}, " if refusal["question"] else ""
    example = f" ({asked}the teacher said {refusal['said']!r})" if refusal["said"] else ""
    return f"{refusal['reason']}, {refusal['count']} of {of}{example}; what to change: {refusal['change']}"


def _failed_calls(summary: Summary) -> Iterable[str]:
    for cycle in summary.cycles:
        if cycle.teacher and (words := failure_words(cycle.teacher)):
            yield f"Cycle {cycle.cycle}: {plain(words)}."


def _refused(summary: Summary) -> Iterable[str]:
    for cycle in summary.cycles:
        if cycle.decision and cycle.decision["verdict"] not in ("promote", "await"):
            yield f"Cycle {cycle.cycle}, {plain(cycle.decision['verdict'])}: {plain(cycle.decision['reason'])}"


def _broken_jobs(summary: Summary) -> Iterable[str]:
    for cycle in summary.cycles:
        for job in cycle.jobs:
            if job["state"] != "succeeded":
                why = plain(job.get("error", ""))
                yield f"Cycle {cycle.cycle}: job {plain(job['job'])} {plain(job['state'])}. {why}".rstrip()


def _fallen(summary: Summary) -> Iterable[str]:
    measured = [cycle.sealed for cycle in summary.measured if cycle.sealed]
    if not measured:
        return
    first, last = measured[0], measured[-1]
    for old, new in ((first.by_skill, last.by_skill), (first.by_difficulty, last.by_difficulty)):
        for name in sorted(old.keys() & new.keys()):
            if new[name].accuracy < old[name].accuracy:
                yield f"{code(name)} fell from {rate(old[name])} to {rate(new[name])} on the sealed set."


def _manifest(path: Path) -> str:
    if not path.exists():
        return ""
    rows = [[code(key), code(value)] for key, value in _flat(read_object(path, mend=RESTORE), "")]
    return "## What it was made with\n\n" + _table(["what", "value"], rows)


def _flat(value: Any, prefix: str) -> list[tuple[str, str]]:
    if not isinstance(value, dict):
        return [(prefix, value if isinstance(value, str) else json.dumps(value))]
    return [leaf for key, inner in value.items() for leaf in _flat(inner, f"{prefix}.{key}" if prefix else str(key))]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
