"""How the decodes of a step are spent: which ways of proposing a candidate each beam is given, and how often.

Shapes: N beams, P beams to be continued, one perhaps several times, R neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from reasoner.types.search import REFINED
from reasoner.types.step_model import CLEAN, Wanted

RECALL = "recall"


class Way(NamedTuple):
    """One way of proposing."""

    origin: str
    by: float = 0.0
    """See `Wanted`."""


GREEDY = Way(CLEAN)


@dataclass(frozen=True)
class Front:
    """The beams that are to be gone on with."""

    question_N: np.ndarray
    """Row of the batch, not falling."""
    greedy_N: np.ndarray
    """Beams that have taken the greedy step every time."""
    neighbours_NR: np.ndarray | None = None
    """Which of its question's neighbours have a step here."""

    @property
    def all(self) -> np.ndarray:
        """Every beam once."""
        return np.arange(len(self.question_N))


def want(way: Way, front: Front, parent_P: np.ndarray) -> list[Wanted]:
    """A candidate of these beams in one way, one perhaps several times; nothing where there is nothing to propose from:
    only neighbours may have run out of steps.
    """
    if way.origin == RECALL:
        there_NR, rank = front.neighbours_NR, int(way.by)
        if there_NR is None or rank >= there_NR.shape[1]:
            return []
        parent_P = parent_P[there_NR[parent_P, rank]]
    return [Wanted(way.origin, parent_P, way.by)] if len(parent_P) else []


@dataclass(frozen=True)
class BeamWays:
    """Spends a question's decodes on its beams evenly: each way of `once` for a beam, refinements, the rest in turns of
    `drawn`.
    """

    once: Sequence[Way]
    """The first of them is greedy's."""
    drawn: Sequence[Way]
    refinements: int = 0
    """Of a beam, after the others are judged; each goes a gradient step farther."""

    def plan(self, front: Front, decodes: int) -> list[Wanted]:
        """`decodes` candidates a question less refinements, at least one for each of its beams."""
        share_N, beams = even_shares(front.question_N, decodes), front.all
        made: list[Wanted] = []
        for way in self.once:
            made += want(way, front, beams[share_N > _spent(made, len(beams))])
        left_N = (share_N - _spent(made, len(beams)) - self.refinements).clip(min=0)
        for place, way in enumerate(self.drawn):
            turns_N = (left_N + len(self.drawn) - 1 - place) // len(self.drawn)
            made += want(way, front, beams.repeat(turns_N))
        return made

    def refine(self, front: Front, decodes: int, *, planned: Sequence[Wanted]) -> list[Wanted]:
        """Refinements of the beams whose share is not `planned` already."""
        share_N, beams = even_shares(front.question_N, decodes), front.all
        made: list[Wanted] = []
        for steps in range(1, self.refinements + 1):
            made += want(Way(REFINED, steps), front, beams[share_N > _spent([*planned, *made], len(beams))])
        return made


def even_shares(question_N: np.ndarray, decodes: int) -> np.ndarray:
    """Decodes of each beam, at least one: those of a question, which stand side by side, share its number."""
    _, first_Q, which_N, beams_Q = np.unique(question_N, return_index=True, return_inverse=True, return_counts=True)
    rank_N = np.arange(len(question_N)) - first_Q[which_N]
    beams_N = beams_Q[which_N]
    return (decodes // beams_N + (rank_N < decodes % beams_N)).clip(min=1)


def _spent(made: Sequence[Wanted], beams: int) -> np.ndarray:
    """Decodes of each beam."""
    chosen = [one.parent_M for one in made]
    return np.bincount(np.concatenate(chosen), minlength=beams) if chosen else np.zeros(beams, np.int64)
