"""Puts `report.html` together: what each section shows, from the run's folder alone.

What a run has not done has no section: no verifier, no reliability; nothing searched, no beams.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.reporting.figures import dollars, duration, interval, percent, points, probability, rate
from agents.reporting.markdown import headline
from agents.reporting.page.accuracy import accuracy_chart
from agents.reporting.page.beams import read_beams
from agents.reporting.page.buckets import bucket_chart
from agents.reporting.page.flips import Flip, flips, flips_file
from agents.reporting.page.latent_map import FATES, LatentMap, latent_map
from agents.reporting.page.lines import reliability_chart, share_chart
from agents.reporting.page.markup import Markup, island, render
from agents.reporting.page.proof import Proof, proof_chart, proofs
from agents.reporting.page.samples import samples
from agents.reporting.page.svg import for_both_screens
from agents.reporting.page.tape import Tape, read_tape
from agents.reporting.page.teaching import teaching
from agents.reporting.page.times import NAMED, by_time, island_of, loop_drawing, node_times, time_chart
from agents.reporting.summary import Cycle, Summary, summarise
from agents.run_folder import RunFolder, read_records, write_text
from reasoner.types.problem import Attempt, Problem

NAME = "report.html"
LISTED = 30
"""Problems of a list that are shown; the rest is counted."""
RECENT = 3
"""Cycles whose flips at the gate are listed, the newest first."""


@dataclass(frozen=True)
class Sources:
    """Where the page takes from what is not in the events."""

    folder: RunFolder
    sealed: Sequence[Problem]
    """The run's sealed set; empty where its text is not at hand."""
    holds: Callable[[str], bool]
    """Whether a step is true by itself, as the run's domain sees it."""


def write_page(sources: Sources, out: Path | None = None) -> Path:
    """Writes `report.html` beside `report.md`, or to another path.

    Args:
        sources: the run.
        out: where to; its folder must be there.
    """
    path = out or sources.folder.root / NAME
    write_text(path, page(sources))
    return path


def page(sources: Sources) -> str:
    """The whole page as text."""
    tape = read_tape(sources.folder.root)
    summary = summarise(tape.figures)
    return render(
        run=summary.run,
        title=_title(summary),
        verdict=headline(summary).replace("**", ""),
        tone=_tone(summary),
        key_figures=_key_figures(summary),
        moment=str(tape.figures[-1].get("time", ""))[:16].replace("T", " "),
        **_progress(summary),
        **_proof(summary),
        **_compared(sources, summary),
        teaching=teaching(summary),
        **_memory(summary),
        **_searching(sources, summary),
        **_graph(tape),
        **_provenance(sources, summary),
    )


def _title(summary: Summary) -> str:
    gain = summary.gain
    if not summary.promotions:
        return "Nothing promoted" if any(cycle.decision for cycle in summary.cycles) else "Nothing examined yet"
    return f"{points(gain.gain)} on the sealed set" if gain else f"{len(summary.promotions)} promoted so far"


def _tone(summary: Summary) -> str:
    """One word for the colour of the headline."""
    gain = summary.gain
    if not summary.promotions or gain is None:
        return "even"
    return "better" if gain.ci95[0] > 0 else "worse" if gain.ci95[1] < 0 else "even"


def _key_figures(summary: Summary) -> list[tuple[str, str, str]]:
    """Label, value, remark."""
    measured = [cycle.sealed.overall for cycle in summary.measured if cycle.sealed]
    decided = [cycle for cycle in summary.cycles if cycle.decision]
    figures = list[tuple[str, str, str]]()
    if gain := summary.gain:
        figures.append(("gain", points(gain.gain), f"95% {interval(gain.ci95)}, item by item"))
    if measured:
        figures.append(
            ("sealed now", percent(measured[-1].accuracy), f"{interval(measured[-1].ci95)} of {measured[-1].n}")
        )
        figures.append(("sealed at first", percent(measured[0].accuracy), interval(measured[0].ci95)))
    figures.append(("promoted", f"{len(summary.promotions)} of {len(decided)}", "candidates that passed the gate"))
    usd = sum(cycle.teacher.get("usd", 0.0) for cycle in summary.cycles if cycle.teacher)
    figures.append(("teacher", dollars(usd), f"{sum((c.teacher or {}).get('calls', 0) for c in summary.cycles)} calls"))
    seconds = summary.done["seconds"] if summary.done else sum(cycle.seconds for cycle in summary.cycles)
    figures.append(("time", duration(seconds), f"{max((c.cycle for c in summary.cycles), default=0)} cycles"))
    return figures


def _progress(summary: Summary) -> dict[str, Any]:
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


def _proof(summary: Summary) -> dict[str, Any]:
    found = proofs(summary)

    def row(proof: Proof) -> list[str]:
        least = points(proof.detectable) if proof.detectable is not None else "none"
        return [
            str(proof.cycle),
            proof.verdict,
            f"{points(proof.gain)} {interval(proof.ci95)}",
            f"±{100 * proof.floor:.1f}",
            least,
            probability(proof.p),
            probability(proof.alpha),
        ]

    telling = next((p for p in reversed(found) if p.verdict == "promote"), found[-1] if found else None)
    return {
        "proof_chart": for_both_screens(lambda width: proof_chart(found, width)) if found else None,
        "proof_rows": [row(proof) for proof in found],
        "proof_words": telling.words if telling else "",
        "proof_of": telling,
    }


def _compared(sources: Sources, summary: Summary) -> dict[str, Any]:
    """First against last champion, problem by problem: flips, samples, the map."""
    champions = [(cycle.cycle, cycle.champion) for cycle in summary.measured]
    promoted = [cycle.cycle for cycle in summary.promotions if cycle.sealed]
    before, after = (
        read_records(sources.folder.attempts(cycle, "sealed"), Attempt) for cycle in (0, max(promoted, default=0))
    )
    flipped = flips(before, after, sources.sealed)
    found = latent_map(sources.folder, champions[0][1], champions[-1][1], before, after) if champions else None
    return {
        "moved": _moved(before, after) if before and after else None,
        "lost": _listed([flip for flip in flipped if flip.kind == "lost"]),
        "gate_flips": _gate_flips(sources.folder, summary),
        "samples": samples(sources.sealed, before, after, sources.holds) if before and after else [],
        "map": found,
        "fates": FATES,
        "map_island": island(_map_island(found, sources.sealed)) if found else None,
    }


def _moved(before: list[Attempt], after: list[Attempt]) -> dict[str, int]:
    pairs = [
        (a.correct, b.correct) for a, b in zip(before, after, strict=True) if "error" not in (a.outcome, b.outcome)
    ]
    names = {(True, True): "always", (False, True): "gained", (True, False): "lost", (False, False): "never"}
    return {name: sum(pair == key for pair in pairs) for key, name in names.items()}


def _listed(found: list[Flip]) -> dict[str, Any]:
    return {"total": len(found), "shown": found[:LISTED]}


def _gate_flips(folder: RunFolder, summary: Summary) -> list[dict[str, Any]]:
    """The newest cycles' regressions at the gate, by name."""
    examined = [
        cycle for cycle in reversed(summary.cycles) if cycle.decision and flips_file(folder, cycle.cycle).is_file()
    ]
    return [
        {
            "cycle": cycle.cycle,
            "verdict": (cycle.decision or {})["verdict"],
            "vetoes": (cycle.decision or {}).get("vetoes", []),
            **_listed([f for f in read_records(flips_file(folder, cycle.cycle), Flip) if f.kind == "lost"]),
        }
        for cycle in examined[:RECENT]
    ]


def _map_island(found: LatentMap, sealed: Sequence[Problem]) -> list[list[str]]:
    """What is said of a mark of the map when it is pointed at."""
    questions = {problem.id: problem.question for problem in sealed}
    return [[q.id, q.skill, str(q.steps), q.fate, questions.get(q.id, "")] for q in found.questions]


def _memory(summary: Summary) -> dict[str, Any]:
    covered = [(c.cycle, c.examples or {}, c.coverage or {}) for c in summary.covered]
    line = [(number, found["covered"]) for number, _, found in covered]
    rows = [
        [str(number), f"+{e['added']:,}", f"{e.get('duplicates', 0):,}", f"{e.get('memory_size', 0):,}",
         percent(found["covered"]), "-" if found["distance"] is None else f"{found['distance']:.4f}"]
        for number, e, found in covered
    ]  # fmt: skip
    chart = for_both_screens(lambda width: share_chart({"covered": line}, width, what="Memory coverage by cycle"))
    return {
        "coverage_chart": chart if line else None,
        "coverage_rows": rows,
        "coverage_probe": covered[0][2] if covered else None,
    }


def _searching(sources: Sources, summary: Summary) -> dict[str, Any]:
    searched = [cycle for cycle in summary.cycles if cycle.search]
    judged = [cycle.verifier for cycle in summary.cycles if cycle.verifier]
    practice = {e.cycle: e.overall for e in summary.evaluations if e.split == "practice"}
    greedy = [(c.cycle, practice[c.cycle].accuracy) for c in searched if c.cycle in practice]
    with_search = [
        (c.cycle, (practice[c.cycle].right + (c.search or {})["right"]) / max(1, practice[c.cycle].n))
        for c in searched
        if c.cycle in practice
    ]
    lines = {"greedy": greedy, "greedy, then searching": with_search}
    bins = {n: judged[-1][n]["bins"] for n in ("verifier", "energy") if judged and "bins" in judged[-1].get(n, {})}
    return {
        "search_chart": for_both_screens(lambda w: share_chart(lines, w, what="Practice problems solved, by cycle"))
        if greedy
        else None,
        "search_rows": [_search_row(cycle) for cycle in searched],
        "verifier": judged[-1] if judged else None,
        "reliability": for_both_screens(lambda w: reliability_chart(bins, min(w, 460))) if bins else None,
        "beams": read_beams(sources.folder, searched[-1].cycle) if searched else [],
        "beams_cycle": searched[-1].cycle if searched else 0,
    }


def _search_row(cycle: Cycle) -> list[str]:
    search, energy = cycle.search or {}, (cycle.verifier or {}).get("energy", {})
    tried = search["tried"]
    auc, error = energy.get("auc"), energy.get("calibration_error")
    return [
        str(cycle.cycle), str(tried), str(search["right"]), percent(search["right"] / tried) if tried else "-",
        f"{search['examples']:,}", f"{search['decodes'] / tried:.0f}" if tried else "-",
        "-" if auc is None else f"{auc:.3f}", "-" if error is None else f"{error:.3f}",
    ]  # fmt: skip


def _graph(tape: Tape) -> dict[str, Any]:
    nodes = node_times(tape.visits)
    total = sum(node.seconds for node in nodes) or 1.0
    order = [node.name for node in by_time(nodes)[:NAMED]]
    return {
        "nodes": [
            {
                "name": node.name,
                "count": len(node.visits),
                "took": duration(node.seconds),
                "share": node.seconds / total,
                "colour": f"k{order.index(node.name)}" if node.name in order else "rest",
                "slowest": node.slowest.cycle,
            }
            for node in nodes
        ],
        "loop": loop_drawing(nodes),
        "time_chart": for_both_screens(lambda width: time_chart(nodes, width)) if nodes else None,
        "graph_island": island(island_of(nodes)),
        "events": tape.events,
    }


def _provenance(sources: Sources, summary: Summary) -> dict[str, Any]:
    manifest, config = (sources.folder.root / name for name in ("manifest.json", "config.resolved.yaml"))
    flat = _flat(json.loads(manifest.read_text(encoding="utf-8")), "") if manifest.is_file() else []
    done = summary.done or {}
    marks = [(key, str(done[key])) for key in ("champion", "fingerprint") if done.get(key)]
    jobs = [
        (f"cycle {cycle.cycle}, {job['result']['checkpoint']}", str(job["result"]["fingerprint"]))
        for cycle in summary.cycles
        for job in cycle.jobs
        if isinstance(job.get("result"), dict) and {"checkpoint", "fingerprint"} <= job["result"].keys()
    ]
    return {
        "manifest": flat,
        "marks": marks,
        "fingerprints": jobs,
        "config": config.read_text(encoding="utf-8") if config.is_file() else "",
    }


def _flat(value: Any, prefix: str) -> list[tuple[str, str]]:
    if not isinstance(value, dict):
        return [(prefix, value if isinstance(value, str) else json.dumps(value))]
    return [leaf for key, inner in value.items() for leaf in _flat(inner, f"{prefix}.{key}" if prefix else str(key))]
