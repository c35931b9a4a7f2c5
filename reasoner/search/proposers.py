"""Where candidates for a next step come from: the predicted latent itself, and what is near it.

Shapes: N beams, P beams to be continued, one perhaps several times, M candidates, R neighbours, K slots, D width.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from reasoner.models.layers import normalise
from reasoner.models.network import LatentReasoner
from reasoner.search.noise import Noise
from reasoner.types.search import REFINED

STRIDE = 0.6
"""Of a gradient step: two leave a sixth of the distance."""


@dataclass(frozen=True)
class Thought:
    """What the predictor says of the next step of each beam."""

    net: LatentReasoner
    clean_NKD: Tensor
    deeper_NKD: Tensor | None
    """The same after one more pass of the predictor than it was trained for; None for predictors without passes."""
    expected_NKD: Tensor | None
    """What the verifier expects; None where there is none."""
    recalled: tuple[Tensor, Tensor] | None
    """This step of the question's neighbours in the memory, [N, R, K, D], and which of them have one, [N, R]."""
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
    by_verifier: bool = False
    """Whether the verifier's decoder says it in place of the student's: each understands its own latents best."""


class Proposer(Protocol):
    """Makes candidates."""

    def __call__(self, thought: Thought, beam_P: Tensor, noise: Noise) -> Proposal | None:
        """A candidate for each of these beams, one perhaps several times; None where the student lacks the part."""
        ...


@dataclass(frozen=True)
class Clean:
    """The predicted latent as it is, decoded greedily."""

    def __call__(self, thought: Thought, beam_P: Tensor, noise: Noise) -> Proposal:  # noqa: ARG002
        """See `Proposer`."""
        return Proposal(beam_P, thought.clean_NKD[beam_P], 0.0, "clean")


@dataclass(frozen=True)
class Noisy:
    """Gaussian noise on the slots, put back on the manifold and decoded greedily."""

    std: float

    def __call__(self, thought: Thought, beam_P: Tensor, noise: Noise) -> Proposal:
        """See `Proposer`."""
        slots = thought.clean_NKD[beam_P]
        drawn = noise.normal(thought.question_N[beam_P], *slots.shape[1:]).to(slots)
        return Proposal(beam_P, normalise(slots + self.std * drawn), 0.0, "noise")


@dataclass(frozen=True)
class Sampled:
    """The predicted latent as it is, its text drawn from the decoder."""

    temperature: float

    def __call__(self, thought: Thought, beam_P: Tensor, noise: Noise) -> Proposal:  # noqa: ARG002
        """See `Proposer`."""
        return Proposal(beam_P, thought.clean_NKD[beam_P], self.temperature, "sample")


@dataclass(frozen=True)
class FromPrior:
    """The latent variable drawn from its prior."""

    def __call__(self, thought: Thought, beam_P: Tensor, noise: Noise) -> Proposal | None:
        """See `Proposer`; None for a student without z."""
        latent = thought.net.latent
        if latent is None:
            return None
        slots = thought.clean_NKD[beam_P]
        z_PZ = noise.normal(thought.question_N[beam_P], latent.size).to(slots)
        return Proposal(beam_P, latent.with_z(slots, z_PZ), 0.0, "z")


@dataclass(frozen=True)
class Denoised:
    """The predictor applied once more than it was trained for, to its own output."""

    def __call__(self, thought: Thought, beam_P: Tensor, noise: Noise) -> Proposal | None:  # noqa: ARG002
        """See `Proposer`; None for a predictor without passes."""
        if thought.deeper_NKD is None:
            return None
        return Proposal(beam_P, thought.deeper_NKD[beam_P], 0.0, "denoise")


@dataclass(frozen=True)
class Expected:
    """What the verifier expects, in its own words: it has learnt from right attempts and may know what is not known."""

    temperature: float = 0.0

    def __call__(self, thought: Thought, beam_P: Tensor, noise: Noise) -> Proposal | None:  # noqa: ARG002
        """See `Proposer`; None without a verifier."""
        if thought.expected_NKD is None:
            return None
        return Proposal(beam_P, thought.expected_NKD[beam_P], self.temperature, "verifier", by_verifier=True)


@dataclass(frozen=True)
class FromMemory:
    """The predicted latent drawn half way towards the same step of a remembered solution, back onto the manifold."""

    rank: int
    """Of the neighbour, 0 for the most alike."""
    pull: float = 0.5

    def __call__(self, thought: Thought, beam_P: Tensor, noise: Noise) -> Proposal | None:  # noqa: ARG002
        """See `Proposer`; nothing for beams whose neighbour has no such step, None where nothing is recalled."""
        if thought.recalled is None or self.rank >= thought.recalled[0].shape[1]:
            return None
        slots_NRKD, there_NR = thought.recalled
        beam_P = beam_P[there_NR[beam_P, self.rank]]
        slots = thought.clean_NKD[beam_P].lerp(slots_NRKD[beam_P, self.rank], self.pull)
        return Proposal(beam_P, normalise(slots), 0.0, "recall")


@dataclass(frozen=True)
class Refined:
    """The predicted latent after so many gradient steps down the verifier's energy, put back on the manifold each time.

    The energy of a latent is half its squared distance from the one that the verifier expects.
    """

    steps: int

    def __call__(self, thought: Thought, beam_P: Tensor, noise: Noise) -> Proposal | None:  # noqa: ARG002
        """See `Proposer`; None without a verifier."""
        if thought.expected_NKD is None:
            return None
        slots, expected = thought.clean_NKD[beam_P], thought.expected_NKD[beam_P]
        for _ in range(self.steps):
            slots = normalise(slots - STRIDE * (slots - expected))
        return Proposal(beam_P, slots, 0.0, REFINED, by_verifier=True)


def propose_all(proposers: Sequence[Proposer], thought: Thought, beam_P: Tensor, noise: Noise) -> list[Proposal]:
    """What each of them makes, those left out that make nothing."""
    if not len(beam_P):
        return []
    made = (proposer(thought, beam_P, noise) for proposer in proposers)
    return [proposal for proposal in made if proposal is not None and len(proposal.beam_M)]


@dataclass(frozen=True)
class BeamProposers:
    """Spends a question's decodes on its beams evenly: each way of `once` for a beam, refinements, the rest in turns of
    `drawn`.
    """

    once: Sequence[Proposer]
    """The first of them makes the clean candidate."""
    drawn: Sequence[Proposer]
    refined: Sequence[Proposer] = ()
    """Once for a beam too, after the others are judged."""

    def __call__(self, thought: Thought, decodes: int, noise: Noise) -> list[Proposal]:
        """Proposals of `decodes` candidates a question less refinements, at least one for each of its beams."""
        share_N = _even_shares(thought.question_N, decodes)
        beams = torch.arange(len(share_N))
        made: list[Proposal] = []
        for proposer in self.once:
            made += propose_all([proposer], thought, beams[share_N > _spent(made, len(beams))], noise)
        left_N = (share_N - _spent(made, len(beams)) - len(self.refined)).clamp(min=0)
        for place, proposer in enumerate(self.drawn):
            turns_N = (left_N + len(self.drawn) - 1 - place) // len(self.drawn)
            made += propose_all([proposer], thought, beams.repeat_interleave(turns_N), noise)
        return made

    def refine(self, thought: Thought, decodes: int, noise: Noise, *, proposed: Sequence[Proposal]) -> list[Proposal]:
        """Refinements of the beams whose share is not `proposed` already."""
        share_N = _even_shares(thought.question_N, decodes)
        beams = torch.arange(len(share_N))
        made: list[Proposal] = []
        for proposer in self.refined:
            left_N = share_N > _spent([*proposed, *made], len(beams))
            made += propose_all([proposer], thought, beams[left_N], noise)
        return made


def _spent(made: Sequence[Proposal], beams: int) -> Tensor:
    """Decodes of each beam."""
    chosen = [proposal.beam_M for proposal in made]
    return torch.bincount(torch.cat(chosen), minlength=beams) if chosen else torch.zeros(beams, dtype=torch.long)


def _even_shares(question_N: Tensor, decodes: int) -> Tensor:
    """Decodes of each beam, at least one: those of a question, which stand side by side, share its number."""
    _, which_N, beams_Q = torch.unique_consecutive(question_N, return_inverse=True, return_counts=True)
    first_Q = beams_Q.cumsum(0) - beams_Q
    rank_N = torch.arange(len(question_N)) - first_Q[which_N]
    beams_N = beams_Q[which_N]
    return (decodes // beams_N + (rank_N < decodes % beams_N)).clamp(min=1)
