"""Held-out questions of a problem source, drawn once in a home and kept in `held-out/<mark>.json`."""

import json
from pathlib import Path

from reasoner.data.sources import ProblemSource
from reasoner.storage.writing import write_text

FOLDER = "held-out"


def held_out_questions(source: ProblemSource, *, cycles: int, home: Path | None) -> list[str]:
    """Questions of the sealed set and of all gate sets, those of future cycles too.

    Args:
        source: of a run.
        cycles: that the run is asked for.
        home: where they are kept; None keeps nothing.
    """
    mark = source.held_out_mark(cycles)
    if home is None or not mark:
        return source.held_out(cycles)
    path = home / FOLDER / f"{mark}.json"
    if (kept := _kept(path)) is not None:
        return kept
    questions = source.held_out(cycles)
    write_text(path, json.dumps(questions))
    return questions


def _kept(path: Path) -> list[str] | None:
    """What an earlier look has kept; None where there is nothing, or a damaged file, which is made again."""
    try:
        kept = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return kept if isinstance(kept, list) and all(isinstance(text, str) for text in kept) else None
