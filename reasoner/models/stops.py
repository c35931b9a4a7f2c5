"""Ends a language model's writing at texts: at each step the newest tokens are read and searched for a stop."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor


class Stops:
    """A stopping criterion of transformers: a row is over whose new text holds a stop.

    Args:
        tokenizer: of transformers.
        stops: one or more texts.
        start: tokens before the new ones, which do not count.
    """

    def __init__(self, tokenizer: Any, stops: Sequence[str], start: int) -> None:
        self._tokenizer, self._stops, self._start = tokenizer, stops, start
        # A token is at least one byte, but for the few that stand for none.
        self._back = max(len(stop.encode()) for stop in stops) + 4

    def __call__(self, ids_BL: Tensor, scores: Any, **how: Any) -> Tensor:  # noqa: ARG002 (transformers' signature)
        """Which rows are over, [B]."""
        new = ids_BL[:, max(self._start, ids_BL.shape[1] - self._back) :].tolist()
        over = [any(stop in text for stop in self._stops) for text in map(self._tokenizer.decode, new)]
        return torch.tensor(over, device=ids_BL.device)
