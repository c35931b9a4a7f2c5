"""What the latent student keeps of a search: the questions as it read them, its rows, and its candidates.

Shapes: B questions, N rows, U rows of different text, M candidates, R neighbours, T steps, K slots, D width, L tokens.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from reasoner.models.predictor import StepPredictor
from reasoner.models.student import Student
from reasoner.models.tokenizers import PAD
from reasoner.models.verifier import StepVerifier
from reasoner.search.noise import Noise
from reasoner.students.latent.recalled import Recalled


@dataclass(frozen=True)
class Read:
    """A batch of questions."""

    states_BLD: Tensor
    mask_BL: Tensor
    reread_BLD: Tensor
    """The verifier's own states of the questions; the student's where there is none."""
    noise: Noise
    """All randomness; the one thing that is used up."""
    recalled: Recalled | None = None
    """Steps of remembered solutions, where there are any."""


@dataclass(frozen=True)
class LatentState:
    """Partial solutions; what is predicted for their next steps is computed when it is first asked for."""

    student: Student
    verifier: StepVerifier | None
    read: Read
    question_N: Tensor
    """Row of the batch, on the CPU."""
    history_NTKD: Tensor
    """Slots of the steps so far, as the predictor sees them."""
    texts: tuple[tuple[str, ...], ...]

    def take(self, rows: np.ndarray) -> "LatentState":
        """See `State`."""
        index, places = torch.from_numpy(rows), rows.tolist()
        texts = tuple(self.texts[i] for i in places)
        return replace(self, question_N=self.question_N[index], history_NTKD=self.history_NTKD[index], texts=texts)

    def followed(self, parent_M: Tensor, slots_MKD: Tensor, texts: tuple[str, ...]) -> "LatentState":
        """With a step more."""
        return replace(
            self,
            question_N=self.question_N[parent_M],
            history_NTKD=torch.cat([self.history_NTKD[parent_M], slots_MKD[:, None]], dim=1),
            texts=tuple((*self.texts[i], text) for i, text in zip(parent_M.tolist(), texts, strict=True)),
        )

    @cached_property
    def clean_NKD(self) -> Tensor:
        """The latents that the student predicts."""
        return self.student.net.predictor(*self._given)[:, -1][self._which_N]

    @cached_property
    def deeper_NKD(self) -> Tensor:
        """The same after one more pass of the predictor than it was trained for."""
        predictor = self.student.net.predictor
        assert isinstance(predictor, StepPredictor), "a predictor without passes has no such origin"
        return predictor(*self._given, passes=predictor.passes + 1)[:, -1][self._which_N]

    @cached_property
    def expected_NKD(self) -> Tensor:
        """The latents that the verifier expects."""
        assert self.verifier is not None, "without a verifier there is no such origin"
        history, _, mask = self._given
        reread = self.read.reread_BLD[self.question_N[self._distinct[0]]]
        return self.verifier.expect(history, reread, mask)[:, -1][self._which_N]

    @cached_property
    def recalled(self) -> tuple[Tensor, Tensor]:
        """Of the neighbours this step's slots, [N, R, K, D], and which of them have one, [N, R]."""
        assert self.read.recalled is not None, "where nothing is recalled there are no neighbours"
        return self.read.recalled.at(self.history_NTKD.shape[1], self.question_N)

    @cached_property
    def _distinct(self) -> tuple[Tensor, Tensor]:
        """One row of each question and text, [U], and which of them each row equals, [N]: they think the same."""
        place: dict[tuple[int, tuple[str, ...]], int] = {}
        first: list[int] = []
        which: list[int] = []
        for i, key in enumerate(zip(self.question_N.tolist(), self.texts, strict=True)):
            if key not in place:
                place[key] = len(first)
                first.append(i)
            which.append(place[key])
        return torch.tensor(first, dtype=torch.long), torch.tensor(which, dtype=torch.long)

    @property
    def _which_N(self) -> Tensor:
        return self._distinct[1]

    @cached_property
    def _given(self) -> tuple[Tensor, Tensor, Tensor]:
        """What a predictor sees of those rows."""
        first_U = self._distinct[0]
        question_U = self.question_N[first_U]
        return self.history_NTKD[first_U], self.read.states_BLD[question_U], self.read.mask_BL[question_U]


@dataclass(frozen=True)
class Decoded:
    """Candidates as latents and tokens."""

    slots_MKD: Tensor
    tokens_ML: Tensor

    def take(self, rows: np.ndarray) -> "Decoded":
        """See `Handle`."""
        index = torch.from_numpy(rows)
        return Decoded(self.slots_MKD[index], self.tokens_ML[index])

    def joined(self, other: "Decoded") -> "Decoded":
        """See `Handle`."""
        slots = torch.cat([self.slots_MKD, other.slots_MKD])
        return Decoded(slots, side_by_side([self.tokens_ML, other.tokens_ML]))

    def __bytes__(self) -> bytes:
        return self.slots_MKD.cpu().numpy().tobytes()


def side_by_side(tokens: list[Tensor]) -> Tensor:
    """Rows of tokens, padded to the longest, [M, L]."""
    longest = max(t.shape[1] for t in tokens)
    return torch.cat([F.pad(t, (0, longest - t.shape[1]), value=PAD) for t in tokens])
