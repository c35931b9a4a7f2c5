"""Searchers: what is proposed for each step, what of it is kept, and which complete solution is the answer.

Shapes: N beams, M candidates.
"""

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from reasoner.config.settings import SearchSettings
from reasoner.errors import UsageError
from reasoner.search.beams import Beams
from reasoner.search.choosing import Best, Chooser, Cluster, Vote
from reasoner.search.planning import GREEDY, RECALL, BeamWays, Front, Way, want
from reasoner.types.step_model import Candidates, Wanted

FIRST_MARGIN = 1.0
"""Nats, where neither settings nor a verifier name a margin."""


class Searcher(Protocol):
    """One way to look for a solution, within `decodes` decodes a step and question."""

    name: str
    starts: int
    """Beams of a question at its beginning; the first of them is greedy's."""
    decodes: int
    refinements: int
    """Of each beam and step, out of its decodes."""
    halts: bool
    """Whether what cannot beat a complete solution is given up."""
    choose: Chooser

    def plan(self, front: Front) -> list[Wanted]:
        """What is to be proposed for all beams."""
        ...

    def refine(self, front: Front, *, planned: Sequence[Wanted]) -> list[Wanted]:
        """Refinements of the beams, beside what is `planned` already."""
        ...

    def keep(self, beams: Beams, candidates: Candidates, bar_B: Sequence[float]) -> np.ndarray:
        """Places of the candidates that are gone on with (or are complete), in the order of their beams.

        Args:
            beams: what they continue.
            candidates: decoded and scored.
            bar_B: for each question, the score that a solution must beat to matter.
        """
        ...


class Unrefined:
    """Takes candidates as they are predicted."""

    refinements = 0

    def refine(self, front: Front, *, planned: Sequence[Wanted]) -> list[Wanted]:  # noqa: ARG002
        """None."""
        return []


class Greedy(Unrefined):
    """The greedy step, every time."""

    name = "greedy"

    def __init__(self) -> None:
        self.starts = self.decodes = 1
        self.halts = False
        self.choose: Chooser = Best(margin=0.0)

    def plan(self, front: Front) -> list[Wanted]:
        """One candidate a beam."""
        return want(GREEDY, front, front.all)

    def keep(self, beams: Beams, candidates: Candidates, bar_B: Sequence[float]) -> np.ndarray:  # noqa: ARG002
        """All."""
        return np.arange(len(candidates))


class Independent(Unrefined):
    """Greedy's attempt, and others beside it that are drawn."""

    name = "sample"

    def __init__(self, attempts: int, ways: Sequence[Way], choose: Chooser) -> None:
        self.starts = self.decodes = attempts
        self.halts = False
        self.choose = choose
        self._ways = ways

    def plan(self, front: Front) -> list[Wanted]:
        """One candidate a beam; within a question the ways take turns."""
        turns: list[list[int]] = [[] for _ in self._ways]
        seen: dict[int, int] = {}
        for beam in np.flatnonzero(~front.greedy_N).tolist():
            question = int(front.question_N[beam])
            turns[seen.get(question, 0) % len(turns)].append(beam)
            seen[question] = seen.get(question, 0) + 1
        planned = want(GREEDY, front, np.flatnonzero(front.greedy_N))
        for way, beams in zip(self._ways, turns, strict=True):
            planned += want(way, front, np.array(beams, dtype=np.int64))
        return planned

    def keep(self, beams: Beams, candidates: Candidates, bar_B: Sequence[float]) -> np.ndarray:  # noqa: ARG002
        """All."""
        return np.arange(len(candidates))


class LatentBeam:
    """Several candidates for each of a question's beams; its best partial solutions are kept, greedy's always."""

    name = "beam"

    def __init__(self, *, width: int, decodes: int, ways: BeamWays, choose: Chooser, margin: float) -> None:
        """Args:
        width: beams kept, greedy's among them; another beside it even if that is all.
        decodes: of a question and step, shared by its beams.
        ways: of the candidates.
        choose: picks the answer.
        margin: nats by which a complete solution must lead before greedy's attempt is given up; infinite where
            all attempts vote.
        """
        self.starts, self.decodes = 1, decodes
        self.halts = math.isfinite(margin)
        self.choose = choose
        self.refinements = ways.refinements
        self._width, self._ways, self._margin = width, ways, margin

    def plan(self, front: Front) -> list[Wanted]:
        """The greedy step of every beam, and others near it."""
        return self._ways.plan(front, self.decodes)

    def refine(self, front: Front, *, planned: Sequence[Wanted]) -> list[Wanted]:
        """So many gradient steps, each a candidate, as the decodes of a beam allow."""
        return self._ways.refine(front, self.decodes, planned=planned)

    def keep(self, beams: Beams, candidates: Candidates, bar_B: Sequence[float]) -> np.ndarray:
        """The best of each question by score; none that cannot beat a complete solution any more."""
        total_M = (beams.score_N[candidates.parent_M] + candidates.gain_M).tolist()
        greedy_M, ends_M = beams.greedy_of(candidates).tolist(), candidates.ends_M.tolist()
        by_question: dict[int, list[int]] = {}
        for place, question in enumerate(beams.question_N[candidates.parent_M].tolist()):
            by_question.setdefault(question, []).append(place)
        kept: list[int] = []
        for question, places in by_question.items():
            bar = bar_B[question]
            # Greedy's own beam is one of them, and never the only one: with no other there is no search.
            room = max(1, self._width - sum(greedy_M[i] and not ends_M[i] for i in places))
            for i in sorted(places, key=lambda i: -total_M[i]):
                if greedy_M[i]:
                    # Behind by more than the margin, greedy's answer has lost: the search may halt.
                    kept += [i] if total_M[i] >= bar - self._margin else []
                elif total_M[i] > bar and (ends_M[i] or room > 0):
                    kept.append(i)
                    room -= not ends_M[i]
        return np.array(sorted(kept), dtype=np.int64)


def searcher_of(settings: SearchSettings, origins: Sequence[str]) -> Searcher:
    """The searcher that settings ask for, for a student that has these ways of proposing.

    Raises:
        UsageError: attempts are to be drawn, and it cannot draw.
    """
    if settings.searcher == "greedy":
        return Greedy()
    if settings.searcher == "sample":
        turns = _had([Way("sample", settings.temperature), Way("noise", settings.noise)], origins)
        if not turns:
            raise UsageError(f"search.searcher=sample draws steps; this kind of student has only {', '.join(origins)}")
        return Independent(settings.width, turns, chooser_of(settings))
    return LatentBeam(
        width=settings.width,
        decodes=settings.width * settings.candidates,
        ways=beam_ways(settings, origins),
        choose=chooser_of(settings),
        margin=_margin(settings) if settings.choose == "best" else math.inf,
    )


def beam_ways(settings: SearchSettings, origins: Sequence[str]) -> BeamWays:
    """The student's own ways, neighbours and refinements, once a beam; noise and draws share the rest."""
    once = [GREEDY, Way("denoise"), Way("z"), *(Way(RECALL, rank) for rank in range(settings.recall))]
    drawn = [Way("noise", settings.noise), Way("sample", settings.temperature)]
    if settings.verifier_proposes:
        once.insert(1, Way("verifier"))
        drawn.append(Way("verifier", settings.temperature))
    return BeamWays(_had(once, origins), _had(drawn, origins), settings.refine)


def _had(ways: Sequence[Way], origins: Sequence[str]) -> list[Way]:
    return [way for way in ways if way.origin in origins]


def chooser_of(settings: SearchSettings) -> Chooser:
    """What picks the answer."""
    if settings.choose == "best":
        return Best(margin=_margin(settings))
    return Cluster() if settings.choose == "cluster" else Vote(weighted=settings.choose == "weighted")


def _margin(settings: SearchSettings) -> float:
    return FIRST_MARGIN if settings.margin is None else settings.margin
