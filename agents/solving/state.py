"""What the solve graph's nodes hand on: plain numbers that decide where it goes next, and records of what was found."""

from collections.abc import Mapping
from typing import Any, TypedDict

import numpy as np

from reasoner.search.beams import Beams, Complete
from reasoner.search.planning import Front
from reasoner.search.search import Search
from reasoner.types.search import SearchRound
from reasoner.types.step_model import Candidates, Remembers, State, Wanted


class Numbers(TypedDict):
    """What decides where the graph goes next."""

    step: int
    """Steps that all beams have."""
    live: int
    """Beams that go on."""
    decodes: int
    """So far, of all questions."""
    refinements: int
    """Of each beam and step."""


class SolveState(Numbers):
    """All of it."""

    rows: State
    """What the student keeps of the beams."""
    beams: Beams
    plan: tuple[Wanted, ...]
    candidates: Candidates
    complete: tuple[tuple[Complete, ...], ...]
    """Of each question."""
    spent: np.ndarray
    """Decodes of each question, [B]."""
    rounds: tuple[SearchRound, ...]
    """What was seen of the step, where that is asked for."""
    chosen: tuple[int, ...]
    """Place of each question's answer among its complete solutions."""


SolveChange = dict[str, Any]
"""What a node changes of it."""

START_STATE = Numbers(step=0, live=0, decodes=0, refinements=0)


def numbers_of(state: Mapping[str, Any]) -> dict[str, int]:
    """The plain numbers of a state or a change."""
    return {name: state[name] for name in Numbers.__annotations__ if name in state}


def front_of(state: SolveState, search: Search) -> Front:
    """The beams as a searcher plans for them."""
    rows, model = state["rows"], search.model
    there_NR = model.neighbours(rows) if search.recall is not None and isinstance(model, Remembers) else None
    return Front(state["beams"].question_N, state["beams"].greedy_N, there_NR)
