"""Searchers: what is proposed for each step, what of it is kept, and which complete solution is the answer.

Shapes: N beams, M candidates.
"""

import math
from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from reasoner.config.settings import SearchSettings
from reasoner.models.network import LatentReasoner
from reasoner.models.predictor import StepPredictor
from reasoner.search.beams import Beams, Candidates
from reasoner.search.choosing import Best, Chooser, Cluster, Vote
from reasoner.search.noise import Noise
from reasoner.search.proposers import (
    BeamProposers,
    Clean,
    Denoised,
    Expected,
    FromMemory,
    FromPrior,
    Noisy,
    Proposal,
    Proposer,
    Refined,
    Sampled,
    Thought,
    propose_all,
)

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

    def propose(self, thought: Thought, noise: Noise) -> list[Proposal]:
        """Candidates for all beams."""
        ...

    def refine(self, thought: Thought, noise: Noise, *, proposed: Sequence[Proposal]) -> list[Proposal]:
        """Refinements of all beams, beside what is `proposed` already."""
        ...

    def keep(self, beams: Beams, candidates: Candidates, bar_B: Sequence[float]) -> Tensor:
        """Places of the candidates that are gone on with (or are complete), in the order of their beams.

        Args:
            beams: what they continue.
            candidates: decoded and scored.
            bar_B: for each question, the score that a solution must beat to matter.
        """
        ...


class Unrefined:
    """Takes latents as they are predicted."""

    refinements = 0

    def refine(self, thought: Thought, noise: Noise, *, proposed: Sequence[Proposal]) -> list[Proposal]:  # noqa: ARG002
        """None."""
        return []


class Greedy(Unrefined):
    """The predicted latent, decoded greedily, every time."""

    name = "greedy"

    def __init__(self) -> None:
        self.starts = self.decodes = 1
        self.halts = False
        self.choose: Chooser = Best(margin=0.0)

    def propose(self, thought: Thought, noise: Noise) -> list[Proposal]:
        """One candidate a beam."""
        return propose_all([Clean()], thought, _all(thought), noise)

    def keep(self, beams: Beams, candidates: Candidates, bar_B: Sequence[float]) -> Tensor:  # noqa: ARG002
        """All."""
        return torch.arange(len(candidates))


class Independent(Unrefined):
    """Greedy's attempt, and others beside it that are drawn from the decoder or from noise on the latent."""

    name = "sample"

    def __init__(self, attempts: int, proposers: Sequence[Proposer], choose: Chooser) -> None:
        self.starts = self.decodes = attempts
        self.halts = False
        self.choose = choose
        self._proposers = proposers

    def propose(self, thought: Thought, noise: Noise) -> list[Proposal]:
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
    """Candidates near the latents of a question's beams; its best partial solutions are kept, greedy's always."""

    name = "beam"

    def __init__(self, *, width: int, decodes: int, proposers: BeamProposers, choose: Chooser, margin: float) -> None:
        """Args:
        width: beams kept, greedy's among them; another beside it even if that is all.
        decodes: of a question and step, shared by its beams.
        proposers: of the candidates.
        choose: picks the answer.
        margin: nats by which a complete solution must lead before greedy's attempt is given up; infinite where
            all attempts vote.
        """
        self.starts, self.decodes = 1, decodes
        self.halts = math.isfinite(margin)
        self.choose = choose
        self.refinements = len(proposers.refined)
        self._width, self._proposers, self._margin = width, proposers, margin

    def propose(self, thought: Thought, noise: Noise) -> list[Proposal]:
        """The clean latent of every beam, and others near it."""
        return self._proposers(thought, self.decodes, noise)

    def refine(self, thought: Thought, noise: Noise, *, proposed: Sequence[Proposal]) -> list[Proposal]:
        """So many gradient steps, each a candidate, as the decodes of a beam allow."""
        return self._proposers.refine(thought, self.decodes, noise, proposed=proposed)

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
            # Greedy's own beam is one of them, and never the only one: with no other there is no search.
            room = max(1, self._width - sum(greedy_M[i] and not ends_M[i] for i in places))
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
        turns = (Sampled(settings.temperature), Noisy(settings.noise))
        return Independent(settings.width, turns, chooser_of(settings))
    margin = _margin(settings) if settings.choose == "best" else math.inf
    return LatentBeam(
        width=settings.width,
        decodes=settings.width * settings.candidates,
        proposers=beam_proposers(settings, net),
        choose=chooser_of(settings),
        margin=margin,
    )


def beam_proposers(settings: SearchSettings, net: LatentReasoner) -> BeamProposers:
    """The student's own ways, neighbours and refinements, once a beam; noise and draws share the rest."""
    own: list[Proposer] = [Denoised()] if isinstance(net.predictor, StepPredictor) else []
    drawn: list[Proposer] = [Noisy(settings.noise), Sampled(settings.temperature)]
    if settings.verifier_proposes:
        own.insert(0, Expected())
        drawn.append(Expected(settings.temperature))
    if net.latent is not None:
        own.append(FromPrior())
    own += [FromMemory(rank) for rank in range(settings.recall)]
    refined = tuple(Refined(steps) for steps in range(1, settings.refine + 1))
    return BeamProposers((Clean(), *own), drawn, refined)


def chooser_of(settings: SearchSettings) -> Chooser:
    """What picks the answer."""
    if settings.choose == "best":
        return Best(margin=_margin(settings))
    return Cluster() if settings.choose == "cluster" else Vote(weighted=settings.choose == "weighted")


def _margin(settings: SearchSettings) -> float:
    return FIRST_MARGIN if settings.margin is None else settings.margin


def _all(thought: Thought) -> Tensor:
    return torch.arange(len(thought.clean_NKD))
