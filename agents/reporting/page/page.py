"""Puts `report.html` together: what each section shows, from the run's folder alone.

What a run has not done has no section: no verifier, no reliability; nothing searched, no beams.
"""

import json
from pathlib import Path
from typing import Any

from agents.reporting.figures import duration
from agents.reporting.keeping import (
    REPAIRS_HEADER,
    REPAIRS_WORDS,
    RETENTION_HEADER,
    RETENTION_WORDS,
    lost_repairs,
    repairs_rows,
    retention_rows,
)
from agents.reporting.markdown import headline, right_with_false_steps
from agents.reporting.page.comparing import compared
from agents.reporting.page.learning import memory, searching
from agents.reporting.page.markup import island, render
from agents.reporting.page.outcome import key_figures, progress, proof, title, tone
from agents.reporting.page.sources import Sources
from agents.reporting.page.svg import for_both_screens
from agents.reporting.page.tape import Tape, read_tape
from agents.reporting.page.teaching import teaching
from agents.reporting.page.times import NAMED, by_time, island_of, loop_drawing, node_times, time_chart
from agents.reporting.summary import Summary, summarise
from agents.run_folder import RESTORE
from reasoner.storage.json_files import read_object, read_text
from reasoner.storage.writing import write_text

NAME = "report.html"


def write_page(sources: Sources, out: Path | None = None, *, tape: Tape | None = None) -> Path:
    """Writes `report.html` beside `report.md`, or to another path.

    Args:
        sources: the run.
        out: where to; its folder must be there.
        tape: the run's events, if they have been read already.
    """
    path = out or sources.folder.root / NAME
    write_text(path, page(sources, tape or read_tape(sources.folder.root)))
    return path


def page(sources: Sources, tape: Tape) -> str:
    """The whole page as text."""
    summary = summarise(tape.figures)
    return render(
        run=summary.run,
        title=title(summary),
        verdict=headline(summary).replace("**", ""),
        luck=right_with_false_steps(summary),
        tone=tone(summary),
        key_figures=key_figures(summary),
        moment=str(tape.figures[-1].get("time", ""))[:16].replace("T", " "),
        **progress(summary),
        **proof(summary),
        **compared(sources, summary),
        **_keeping(summary),
        teaching=teaching(summary),
        **memory(summary),
        **searching(sources, summary),
        **_graph(tape),
        **_provenance(sources, summary),
    )


def _keeping(summary: Summary) -> dict[str, Any]:
    return {
        "repairs": (REPAIRS_WORDS, REPAIRS_HEADER, repairs_rows(summary)),
        "lost_repairs": lost_repairs(summary),
        "retention": (RETENTION_WORDS, RETENTION_HEADER, retention_rows(summary)),
    }


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
    flat = _flat(read_object(manifest, mend=RESTORE), "") if manifest.exists() else []
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
        "config": read_text(config, mend=RESTORE) if config.exists() else "",
    }


def _flat(value: Any, prefix: str) -> list[tuple[str, str]]:
    if not isinstance(value, dict):
        return [(prefix, value if isinstance(value, str) else json.dumps(value))]
    return [leaf for key, inner in value.items() for leaf in _flat(inner, f"{prefix}.{key}" if prefix else str(key))]
