"""Steps of remembered solutions as latents, beside the questions that they are like.

Shapes: B questions, N beams, R neighbours, X neighbours of all questions, T steps, S step tokens,
K slots, D width.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from reasoner.models.batches import pad_steps
from reasoner.models.student import Student
from reasoner.models.tokenizers import PAD

Steps = tuple[str, ...]


@dataclass(frozen=True)
class Recalled:
    """The neighbours of each question, the most alike first."""

    slots_BRTKD: Tensor
    """The student's latents of their steps; the one that ends a solution is the last."""
    steps_BR: Tensor
    """How many each has, on the CPU; 0 where there is no such neighbour."""

    def at(self, step: int, question_N: Tensor) -> tuple[Tensor, Tensor]:
        """Latents of a step for beams of these questions, [N, R, K, D], and which of them there are, [N, R]."""
        last = self.slots_BRTKD.shape[2] - 1
        return self.slots_BRTKD[question_N, :, min(step, last)], step < self.steps_BR[question_N]


def read_neighbours(student: Student, solutions: Sequence[Sequence[Steps]]) -> Recalled | None:
    """Reads the remembered solutions of each question; None if there is none. Those with a step that the student
    could not write are passed over.
    """
    writes, shape = student.writes, student.shape
    fitting = [[s for s in of if all(writes.fits(step) for step in s)] for of in solutions]
    known = [[*map(writes.encode, steps), writes.finish] for of in fitting for steps in of]
    if not known:
        return None
    counts = torch.tensor([len(of) for of in fitting])
    device = next(student.net.parameters()).device
    tokens_XTS = pad_steps(known, device=str(device))
    there_XT = (tokens_XTS != PAD).any(dim=-1)
    places_BR = torch.arange(int(counts.max()))[None] < counts[:, None]
    slots_XTKD = torch.zeros(*there_XT.shape, shape.slots, shape.width, device=device)
    slots_XTKD[there_XT] = student.net.step_encoder(tokens_XTS[there_XT])
    slots_BRTKD = slots_XTKD.new_zeros(*places_BR.shape, *slots_XTKD.shape[1:])
    slots_BRTKD[places_BR] = slots_XTKD
    steps_BR = torch.zeros(places_BR.shape, dtype=torch.long)
    steps_BR[places_BR] = there_XT.sum(dim=1).cpu()
    return Recalled(slots_BRTKD, steps_BR)
