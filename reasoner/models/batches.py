"""Texts to padded tensors.

Shapes: B problems, L tokens, W words of a sentence, M numbers, P places, T steps, S step tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from reasoner.models.tokenizers import PAD, PLACES, EncodedQuestion


@dataclass(frozen=True)
class QuestionBatch:
    """Questions side by side."""

    tokens_BL: Tensor
    """[B, L], or [B, L, W] where a token is a sentence of W words."""
    digits_MP: Tensor
    lines_BLC: Tensor | None = None
    """[B, L, 3], where in its lines each token stands (`EncodedQuestion.lines`); None where that is not read."""

    @property
    def mask_BL(self) -> Tensor:
        """True on real tokens."""
        return real(self.tokens_BL)


def real(tokens_BL: Tensor) -> Tensor:
    """[B, L]: where a token, or any word of a sentence, stands."""
    return tokens_BL != PAD if tokens_BL.dim() == 2 else (tokens_BL != PAD).any(dim=-1)


def pad_questions(questions: Sequence[EncodedQuestion], *, device: str = "cpu") -> QuestionBatch:
    """Pads to the longest question."""
    longest = max(len(q.ids) for q in questions)
    tokens = [q.ids + [PAD] * (longest - len(q.ids)) for q in questions]
    digits = [row for q in questions for row in q.digits] or [[0] * PLACES][:0]
    digits_MP = torch.tensor(digits, dtype=torch.long, device=device).view(-1, PLACES)
    tokens_BL = torch.tensor(tokens, device=device)
    places = questions[0].places
    if places > 1:
        tokens_BL = tokens_BL.view(len(tokens), -1, places)
    return QuestionBatch(tokens_BL, digits_MP, _lines(questions, longest, device))


def _lines(questions: Sequence[EncodedQuestion], longest: int, device: str) -> Tensor | None:
    if not questions[0].lines:
        return None
    rows = [q.lines + [(0, 0, 0)] * (longest - len(q.lines)) for q in questions]
    return torch.tensor(rows, device=device)


def pad_steps(solutions: Sequence[Sequence[list[int]]], *, device: str = "cpu") -> Tensor:
    """Steps of B solutions as [B, T, S]; a step that is not there is all padding."""
    most = max(len(s) for s in solutions)
    longest = max(len(step) for s in solutions for step in s)
    rows = [
        [step + [PAD] * (longest - len(step)) for step in s] + [[PAD] * longest] * (most - len(s)) for s in solutions
    ]
    return torch.tensor(rows, device=device)
