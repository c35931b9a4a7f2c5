"""A few searches of a cycle, told whole: `evals/<cycle>/beams.jsonl`, kept by the node `search`, shown by the page."""

from collections.abc import Callable, Sequence
from pathlib import Path

from agents.run_folder import RunFolder, read_records, write_records
from reasoner.types.record import Record
from reasoner.types.search import SearchTrace
from reasoner.types.tried import Tried

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
    tried: Sequence[Tried],
    retold: Callable[[str], SearchTrace],
) -> None:
    """Searches again for a few problems, solved ones of many steps first, and keeps what was seen.

    Args:
        folder: the run's.
        cycle: at work.
        tried: the problems that were searched, and what came of it.
        retold: the same search of one question, traced.
    """
    path = beams_file(folder, cycle)
    if path.is_file():
        return
    told = sorted(tried, key=lambda one: (not one.attempt.correct, -one.problem.difficulty))[:MOST]
    write_records(path, [_story(one, retold(one.problem.question)) for one in told])


def _story(one: Tried, trace: SearchTrace) -> BeamStory:
    problem = one.problem
    return BeamStory(
        problem_id=problem.id,
        question=problem.question,
        answer=problem.answer,
        right=one.attempt.correct,
        trace=trace,
    )


def read_beams(folder: RunFolder, cycle: int) -> list[BeamStory]:
    """Those of a cycle; none where nothing was searched."""
    return read_records(beams_file(folder, cycle), BeamStory)


def beams_file(folder: RunFolder, cycle: int) -> Path:
    """Where they lie."""
    return folder.attempts(cycle, "beams")
