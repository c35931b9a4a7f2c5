"""Searchers: what is proposed for each step, what of it is kept, and which complete solution is the answer.

Shapes: N beams, M candidates.
"""

import math
from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from reasoner.config.settings import SearchSettings
from reasoner.models.predictor import StepPredictor
from reasoner.models.student import LatentReasoner
from reasoner.search.beams import Beams, Candidates
from reasoner.search.choosing import Best, Chooser, Cluster, Vote
from reasoner.search.proposers import (
    Clean,
    Denoised,
    FromPrior,
    Noisy,
    Proposal,
    Proposer,
    Sampled,
    Thought,
    propose_all,
)


class Searcher(Protocol):
    """One way to look for a solution, within `decodes` decodes a step and question."""

    name: str
    starts: int
    """Beams of a question at its beginning; the first of them is greedy's."""
    decodes: int
    halts: bool
    """Whether what cannot beat a complete solution is given up."""
    choose: Chooser

    def propose(self, thought: Thought, noise: torch.Generator) -> list[Proposal]:
        """Candidates for all beams."""
        ...

    def keep(self, beams: Beams, candidates: Candidates, bar_B: Sequence[float]) -> Tensor:
        """Places of the candidates that are gone on with (or are complete), in the order of their beams.

        Args:
            beams: what they continue.
            candidates: decoded and scored.
            bar_B: for each question, the score that a solution must beat to matter.
        """
        ...


class Greedy:
    """The predicted latent, decoded greedily, every time."""

    name = "greedy"

    def __init__(self) -> None:
        self.starts = self.decodes = 1
        self.halts = False
        self.choose: Chooser = Best(margin=0.0)

    def propose(self, thought: Thought, noise: torch.Generator) -> list[Proposal]:
        """One candidate a beam."""
        return propose_all([Clean()], thought, _all(thought), noise)

    def keep(self, beams: Beams, candidates: Candidates, bar_B: Sequence[float]) -> Tensor:  # noqa: ARG002
        """All."""
        return torch.arange(len(candidates))


class Independent:
    """Greedy's attempt, and others beside it that are drawn from the decoder or from noise on the latent."""

    name = "sample"

    def __init__(self, attempts: int, proposers: Sequence[Proposer], choose: Chooser) -> None:
        self.starts = self.decodes = attempts
        self.halts = False
        self.choose = choose
        self._proposers = proposers

    def propose(self, thought: Thought, noise: torch.Generator) -> list[Proposal]:
        """One candidate a beam; within a question the proposers take turns."""
        turns: list[list[int]] = [[] for _ in self._proposers]
        seen: dict[int, int] = {}
        for beam in (~thought.greedy_N).nonzero()[:, 0].tolist():
            question = int(thought.question_N[beam])
            turns[seen.get(question, 0) % len(turns)].append(beam)
            seen[question] = seen.get(question, 0) + 1
        made = propose_all([Clean()], thought, thought.greedy_N.nonzero()[:, 0], noise)
        for proposer, beams in zip(self._proposers, turns, strict=True):
            made += propose_all([proposer], thought, torch.tensor(beams, dtype=torch.long), noise)
        return made

    def keep(self, beams: Beams, candidates: Candidates, bar_B: Sequence[float]) -> Tensor:  # noqa: ARG002
        """All."""
        return torch.arange(len(candidates))


class LatentBeam:
    """Several candidates a beam; the best partial solutions of a question are kept, greedy's always."""

    name = "beam"

    def __init__(self, *, width: int, each: int, proposers: Sequence[Proposer], choose: Chooser, margin: float) -> None:
        """Args:
        width: beams kept, greedy's among them.
        each: candidates of a beam, the clean latent among them.
        proposers: of the others.
        choose: picks the answer.
        margin: nats by which a complete solution must lead before greedy's attempt is given up; infinite where
            all attempts vote.
        """
        self.starts, self.decodes = 1, width * each
        self.halts = math.isfinite(margin)
        self.choose = choose
        self._width, self._proposers, self._margin = width, proposers, margin

    def propose(self, thought: Thought, noise: torch.Generator) -> list[Proposal]:
        """The clean latent of every beam, and others near it."""
        return propose_all([Clean(), *self._proposers], thought, _all(thought), noise)

    def keep(self, beams: Beams, candidates: Candidates, bar_B: Sequence[float]) -> Tensor:
        """The best of each question by score; none that cannot beat a complete solution any more."""
        total_M = (beams.score_N[candidates.beam_M] + candidates.gain_M).tolist()
        greedy_M, ends_M = candidates.greedy_M.tolist(), candidates.ends_M.tolist()
        by_question: dict[int, list[int]] = {}
        for place, question in enumerate(beams.question_N[candidates.beam_M].tolist()):
            by_question.setdefault(question, []).append(place)
        kept: list[int] = []
        for question, places in by_question.items():
            bar = bar_B[question]
            room = self._width - sum(greedy_M[i] and not ends_M[i] for i in places)
            for i in sorted(places, key=lambda i: -total_M[i]):
                if greedy_M[i]:
                    # Behind by more than the margin, greedy's answer has lost: the search may halt.
                    kept += [i] if total_M[i] >= bar - self._margin else []
                elif total_M[i] > bar and (ends_M[i] or room > 0):
                    kept.append(i)
                    room -= not ends_M[i]
        return torch.tensor(sorted(kept), dtype=torch.long)


def searcher_of(settings: SearchSettings, net: LatentReasoner) -> Searcher:
    """The searcher that settings ask for, for a student with the parts of this network."""
    if settings.searcher == "greedy":
        return Greedy()
    if settings.searcher == "sample":
        turns = (Sampled(1, settings.temperature), Noisy(1, settings.noise))
        return Independent(settings.width, turns, chooser_of(settings))
    # The clean latent is one of a beam's candidates; noise and draws share what the student's own ways leave.
    own: list[Proposer] = [Denoised()] if isinstance(net.predictor, StepPredictor) else []
    if net.latent is not None and settings.candidates > len(own) + 1:
        own.append(FromPrior(1))
    rest = settings.candidates - 1 - len(own)
    drawn = [Noisy(rest - rest // 2, settings.noise), Sampled(rest // 2, settings.temperature)]
    margin = settings.margin if settings.choose == "best" else math.inf
    return LatentBeam(
        width=settings.width,
        each=settings.candidates,
        proposers=(*own, *drawn),
        choose=chooser_of(settings),
        margin=margin,
    )


def chooser_of(settings: SearchSettings) -> Chooser:
    """What picks the answer."""
    if settings.choose == "best":
        return Best(margin=settings.margin)
    return Cluster() if settings.choose == "cluster" else Vote(weighted=settings.choose == "weighted")


def _all(thought: Thought) -> Tensor:
    return torch.arange(len(thought.clean_NKD))
