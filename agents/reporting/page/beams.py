"""A few searches of a cycle, told whole: `evals/<cycle>/beams.jsonl`, kept by the node `search`, shown by the page."""

from collections.abc import Callable, Sequence
from pathlib import Path

from agents.run_folder import RunFolder, read_records, write_records
from reasoner.types.problem import Attempt, Problem
from reasoner.types.record import Record
from reasoner.types.search import SearchTrace

MOST = 3
"""Searches of a cycle that are told whole."""


class BeamStory(Record):
    """One search."""

    problem_id: str
    question: str
    answer: str
    right: bool
    """Whether the search solved it."""
    trace: SearchTrace


def keep_beams(
    folder: RunFolder,
    cycle: int,
    problems: Sequence[Problem],
    attempts: Sequence[Attempt],
    retold: Callable[[str], SearchTrace],
) -> None:
    """Searches again for a few problems, solved ones of many steps first, and keeps what was seen.

    Args:
        folder: the run's.
        cycle: at work.
        problems: that were searched.
        attempts: what came of it, in the same order.
        retold: the same search of one question, traced.
    """
    path = beams_file(folder, cycle)
    if path.is_file():
        return
    pairs = sorted(zip(problems, attempts, strict=True), key=lambda pair: (not pair[1].correct, -pair[0].difficulty))
    stories = [
        BeamStory(problem_id=p.id, question=p.question, answer=p.answer, right=a.correct, trace=retold(p.question))
        for p, a in pairs[:MOST]
    ]
    write_records(path, stories)


def read_beams(folder: RunFolder, cycle: int) -> list[BeamStory]:
    """Those of a cycle; none where nothing was searched."""
    return read_records(beams_file(folder, cycle), BeamStory)


def beams_file(folder: RunFolder, cycle: int) -> Path:
    """Where they lie."""
    return folder.attempts(cycle, "beams")
