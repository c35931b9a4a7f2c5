"""Randomness of a search, each question's by itself: what it draws does not hang on the batch that it lies in.

Shapes: M rows, those of one question side by side.
"""

import hashlib
from collections.abc import Callable, Sequence

import torch
from torch import Tensor


class Noise:
    """One generator a question, on the CPU, so that a seed means the same on every device."""

    def __init__(self, seed: int, questions: Sequence[str]) -> None:
        self._generators = [torch.Generator().manual_seed(_seed(seed, question)) for question in questions]

    def normal(self, question_M: Tensor, *shape: int) -> Tensor:
        """Standard normal numbers, [M, ...shape]."""
        return self._drawn(question_M, lambda count, by: torch.randn(count, *shape, generator=by))

    def uniform(self, question_M: Tensor, *shape: int) -> Tensor:
        """Numbers from 0 to 1, [M, ...shape]."""
        return self._drawn(question_M, lambda count, by: torch.rand(count, *shape, generator=by))

    def _drawn(self, question_M: Tensor, draw: Callable[[int, torch.Generator], Tensor]) -> Tensor:
        questions, counts = torch.unique_consecutive(question_M, return_counts=True)
        pairs = zip(questions.tolist(), counts.tolist(), strict=True)
        return torch.cat([draw(count, self._generators[question]) for question, count in pairs])


def _seed(seed: int, question: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{question}".encode()).digest()[:8]) >> 1
