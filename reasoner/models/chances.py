"""How likely each token was that greedy writing chose: kept one number a token, not a vocabulary of scores.

Shapes: B texts, T new tokens, L tokens so far, V vocabulary.
"""

import torch
from torch import Tensor


class Chances:
    """A logits processor of transformers that changes nothing; the last one, so it sees what is chosen from."""

    def __init__(self) -> None:
        self._best: list[Tensor] = []

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:  # noqa: ARG002 (their signature)
        """Keeps the log-probability of the likeliest token of each text; gives back the scores, [B, V]."""
        self._best.append(torch.log_softmax(scores.float(), dim=-1).amax(dim=-1))
        return scores

    def logprobs_BT(self) -> list[list[float]]:
        """Natural logarithms of what was chosen; what stands behind a text's end means nothing."""
        return torch.stack(self._best, dim=1).tolist()
