"""First against last champion, and champion against candidate, problem by problem."""

from collections.abc import Sequence
from typing import Any

from agents.reporting.page.flips import Flip, flips, flips_file
from agents.reporting.page.latent_map import FATES, LatentMap, latent_map
from agents.reporting.page.markup import island
from agents.reporting.page.samples import samples
from agents.reporting.page.sources import Sources
from agents.reporting.summary import Summary
from agents.run_folder import RunFolder, read_records
from reasoner.types.problem import Attempt, Problem

LISTED = 30
"""Problems of a list that are shown; the rest is counted."""
RECENT = 3
"""Cycles whose flips at the gate are listed, the newest first."""


def compared(sources: Sources, summary: Summary) -> dict[str, Any]:
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
        "same": not promoted,
        "samples": samples(sources.sealed, before, after, sources.judge_steps) if before and after else [],
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
