"""What the memory covers, and what searching and its verifier were good for."""

from typing import Any

from agents.reporting.figures import percent
from agents.reporting.page.beams import read_beams
from agents.reporting.page.lines import reliability_chart, share_chart
from agents.reporting.page.sources import Sources
from agents.reporting.page.svg import for_both_screens
from agents.reporting.summary import Cycle, Summary


def memory(summary: Summary) -> dict[str, Any]:
    """What the memory covers."""
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


def searching(sources: Sources, summary: Summary) -> dict[str, Any]:
    """What searches solved, whether the verifier can be believed, and a few searches told whole."""
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
