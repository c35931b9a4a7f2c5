"""What a search holds of a batch of questions: partial solutions, their next steps, and complete ones.

Shapes: B questions, N partial solutions (beams), T steps so far, M candidates for the next step, K slots, D width,
L tokens.
"""

from dataclasses import dataclass, field, replace

import torch
from torch import Tensor
from torch.nn import functional as F

from reasoner.models.tokenizers import PAD


@dataclass(frozen=True)
class Beams:
    """Partial solutions, all of T steps, those of one question side by side."""

    question_N: Tensor
    """Row of the batch."""
    history_NTKD: Tensor
    """Slots of the steps so far, as the predictor sees them."""
    score_N: Tensor
    """Natural logarithm of the chance that all steps so far are right, as the energy sees it."""
    greedy_N: Tensor
    """True where every step is the one that greedy solving takes: never pruned, so that it can stand."""
    steps: tuple[tuple[str, ...], ...]
    logprobs: tuple[tuple[float, ...], ...]
    """Of each step's tokens, under the latent without noise."""

    def __len__(self) -> int:
        return len(self.steps)

    def take(self, index: Tensor) -> "Beams":
        """Some of them, in that order."""
        rows = index.tolist()
        return Beams(
            question_N=self.question_N[index],
            history_NTKD=self.history_NTKD[index],
            score_N=self.score_N[index],
            greedy_N=self.greedy_N[index],
            steps=tuple(self.steps[i] for i in rows),
            logprobs=tuple(self.logprobs[i] for i in rows),
        )


@dataclass(frozen=True)
class Candidates:
    """Next steps of the beams; as they are proposed first, then decoded, then scored."""

    beam_M: Tensor
    slots_MKD: Tensor
    origin: tuple[str, ...]
    """Which proposer each comes from; the first of a beam is its greedy step."""
    greedy_M: Tensor
    tokens_ML: Tensor = field(default_factory=lambda: torch.zeros(0, 0, dtype=torch.long))
    texts: tuple[str, ...] = ()
    ends_M: Tensor = field(default_factory=lambda: torch.zeros(0, dtype=torch.bool))
    """Whether the step says that the solution is complete."""
    found: tuple[int, ...] = ()
    """How many decodes of the beam came out as this text."""
    terms: dict[str, Tensor] = field(default_factory=dict)
    """What the energy is made of, [M] each."""
    gain_M: Tensor = field(default_factory=lambda: torch.zeros(0))
    """Natural logarithm of the chance that the step is right, given that those before are."""
    refused: tuple[bool, ...] = ()
    """Refinements that failed the check that is not the verifier's own."""

    def __len__(self) -> int:
        return len(self.origin)

    def take(self, index: Tensor) -> "Candidates":
        """Some of them, in that order; all that is known of each."""
        rows = index.tolist()
        return replace(
            self,
            beam_M=self.beam_M[index],
            slots_MKD=self.slots_MKD[index],
            origin=tuple(self.origin[i] for i in rows),
            greedy_M=self.greedy_M[index],
            tokens_ML=self.tokens_ML[index],
            texts=tuple(self.texts[i] for i in rows),
            ends_M=self.ends_M[index],
            found=tuple(self.found[i] for i in rows),
            terms={name: term[index] for name, term in self.terms.items()},
            gain_M=self.gain_M[index] if len(self.gain_M) else self.gain_M,
            refused=tuple(self.refused[i] for i in rows) if self.refused else (),
        )


def merged(*parts: Candidates) -> Candidates:
    """All candidates, those of one beam side by side. Equal texts of a beam become one, the first, with their count."""
    longest = max(part.tokens_ML.shape[1] for part in parts)
    tokens = [F.pad(part.tokens_ML, (0, longest - part.tokens_ML.shape[1]), value=PAD) for part in parts]
    beam_M = torch.cat([part.beam_M for part in parts])
    every = Candidates(
        beam_M=beam_M,
        slots_MKD=torch.cat([part.slots_MKD for part in parts]),
        origin=sum((part.origin for part in parts), ()),
        greedy_M=torch.cat([part.greedy_M for part in parts]),
        tokens_ML=torch.cat(tokens),
        texts=sum((part.texts for part in parts), ()),
        ends_M=torch.cat([part.ends_M for part in parts]),
        found=sum((part.found for part in parts), ()),
        terms={name: torch.cat([part.terms[name] for part in parts]) for name in parts[0].terms},
        gain_M=torch.cat([part.gain_M for part in parts]),
        refused=sum((part.refused for part in parts), ()),
    )
    return _distinct(every.take(beam_M.argsort(stable=True)))


def _distinct(candidates: Candidates) -> Candidates:
    """The first candidate of each beam and text, which stands for all of them; greedy's is always a first one."""
    first: dict[tuple[int, bool, str], int] = {}
    found: dict[int, int] = {}
    keys = zip(candidates.beam_M.tolist(), candidates.ends_M.tolist(), candidates.texts, strict=True)
    for place, key in enumerate(keys):
        stands = first.setdefault(key, place)
        found[stands] = found.get(stands, 0) + candidates.found[place]
    return replace(candidates.take(torch.tensor(list(found), dtype=torch.long)), found=tuple(found.values()))


@dataclass(frozen=True)
class Complete:
    """A solution that a search has finished, or that ran out of steps."""

    steps: tuple[str, ...]
    logprobs: tuple[float, ...]
    score: float
    """Natural logarithm of the chance that it is right, as the energy sees it."""
    finished: bool
    greedy: bool
    latent_D: Tensor
    """Mean of its slots, a unit vector on the CPU."""
