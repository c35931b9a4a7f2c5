"""Where candidates for a next step come from: the predicted latent itself, and what is near it.

Shapes: N beams, P of them that are to be continued, M candidates, K slots, D width.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from reasoner.models.layers import normalise
from reasoner.models.student import LatentReasoner


@dataclass(frozen=True)
class Thought:
    """What the predictor says of the next step of each beam."""

    net: LatentReasoner
    clean_NKD: Tensor
    deeper_NKD: Tensor | None
    """The same after one more pass of the predictor than it was trained for; None for predictors without passes."""
    question_N: Tensor
    """Row of the batch, on the CPU."""
    greedy_N: Tensor
    """Beams that have taken the greedy step every time."""


@dataclass(frozen=True)
class Proposal:
    """Latents to decode."""

    beam_M: Tensor
    slots_MKD: Tensor
    temperature: float
    """Of the decoder; 0 is greedy."""
    origin: str


class Proposer(Protocol):
    """Makes candidates."""

    def __call__(self, thought: Thought, beam_P: Tensor, noise: torch.Generator) -> Proposal | None:
        """Candidates for these beams; None where the student has no such part."""
        ...


@dataclass(frozen=True)
class Clean:
    """The predicted latent as it is, decoded greedily."""

    def __call__(self, thought: Thought, beam_P: Tensor, noise: torch.Generator) -> Proposal:  # noqa: ARG002
        """One a beam."""
        return Proposal(beam_P, thought.clean_NKD[beam_P], 0.0, "clean")


@dataclass(frozen=True)
class Noisy:
    """Gaussian noise on the slots, put back on the manifold and decoded greedily."""

    each: int
    std: float

    def __call__(self, thought: Thought, beam_P: Tensor, noise: torch.Generator) -> Proposal:
        """`each` a beam."""
        beam_M = beam_P.repeat_interleave(self.each)
        slots = thought.clean_NKD[beam_M]
        drawn = torch.randn(slots.shape, generator=noise).to(slots)
        return Proposal(beam_M, normalise(slots + self.std * drawn), 0.0, "noise")


@dataclass(frozen=True)
class Sampled:
    """The predicted latent as it is, its text drawn from the decoder."""

    each: int
    temperature: float

    def __call__(self, thought: Thought, beam_P: Tensor, noise: torch.Generator) -> Proposal:  # noqa: ARG002
        """`each` a beam."""
        beam_M = beam_P.repeat_interleave(self.each)
        return Proposal(beam_M, thought.clean_NKD[beam_M], self.temperature, "sample")


@dataclass(frozen=True)
class FromPrior:
    """The latent variable drawn from its prior."""

    each: int

    def __call__(self, thought: Thought, beam_P: Tensor, noise: torch.Generator) -> Proposal | None:
        """`each` a beam; None for a student without z."""
        if thought.net.latent is None:
            return None
        beam_M = beam_P.repeat_interleave(self.each)
        return Proposal(beam_M, thought.net.latent.sample(thought.clean_NKD[beam_M], noise=noise), 0.0, "z")


@dataclass(frozen=True)
class Denoised:
    """The predictor applied once more than it was trained for, to its own output."""

    def __call__(self, thought: Thought, beam_P: Tensor, noise: torch.Generator) -> Proposal | None:  # noqa: ARG002
        """One a beam; None for a predictor without passes."""
        if thought.deeper_NKD is None:
            return None
        return Proposal(beam_P, thought.deeper_NKD[beam_P], 0.0, "denoise")


def propose_all(
    proposers: Sequence[Proposer], thought: Thought, beam_P: Tensor, noise: torch.Generator
) -> list[Proposal]:
    """What each of them makes, those left out that make nothing."""
    made = (proposer(thought, beam_P, noise) for proposer in proposers)
    return [proposal for proposal in made if proposal is not None and len(proposal.beam_M)]
