"""Rows of tokens and the likeliest tokens after them, with what each was believed, until an end is written.

What a student says must follow from its weights alone: penalties and samplers that a model's files propose do not
count. Of each token one number is kept, not a vocabulary of scores.

Shapes: B rows, L tokens, T new tokens, V vocabulary.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from reasoner.errors import UsageError
from reasoner.models.causal import CausalModel


@dataclass(frozen=True)
class Continued:
    """The likeliest tokens after a row of tokens, and how likely each was."""

    tokens: tuple[int, ...]
    """Without the end."""
    logprobs: tuple[float, ...]
    """Natural logarithms, one a token; one more for the end where it was written."""
    ended: bool
    """Whether the model wrote its end, rather than running out of room."""


class Chances:
    """A logits processor of transformers that changes nothing; the last one, so it sees what is chosen from."""

    def __init__(self) -> None:
        self._best: list[Tensor] = []

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:  # noqa: ARG002 (their signature)
        """Keeps the log-probability of the likeliest token of each row; gives back the scores, [B, V]."""
        self._best.append(torch.log_softmax(scores.float(), dim=-1).amax(dim=-1))
        return scores

    def logprobs(self) -> list[list[float]]:
        """Natural logarithms of what was chosen, B lists of T; what stands behind a row's end means nothing."""
        return torch.stack(self._best, dim=1).tolist()


def continue_rows(model: CausalModel, rows: Sequence[Sequence[int]], *, most_tokens: int) -> list[Continued]:
    """The likeliest token at each place; rows of like length are computed together.

    Args:
        model: that writes.
        rows: token ids, at least one each.
        most_tokens: written after each, the end included.

    Raises:
        UsageError: a row leaves no room for so many tokens.
    """
    longest = max(map(len, rows), default=0)
    if longest + most_tokens > model.positions:
        raise UsageError(
            f"the model {model.name!r} reads {model.positions} tokens in all: a text of {longest} leaves no room for "
            f"{most_tokens}"
        )
    order = sorted(range(len(rows)), key=lambda i: (-len(rows[i]), i))
    found: dict[int, Continued] = {}
    for start in range(0, len(order), model.batch):
        chosen = order[start : start + model.batch]
        found.update(zip(chosen, _together(model, [rows[i] for i in chosen], most_tokens), strict=True))
    return [found[i] for i in range(len(rows))]


@torch.inference_mode()
def _together(model: CausalModel, rows: Sequence[Sequence[int]], most_tokens: int) -> list[Continued]:
    from transformers import GenerationConfig

    ids_BL, mask_BL = model.padded(rows, left=True)
    network, chances = model.network, Chances()
    ends = sorted(model.ends)
    plain = GenerationConfig(do_sample=False, max_new_tokens=most_tokens, eos_token_id=ends, pad_token_id=model.pad)
    # What is not set would be taken from the model's own proposal, such as a penalty on repeating.
    theirs, network.generation_config = network.generation_config, plain
    try:
        out = network.generate(
            input_ids=ids_BL, attention_mask=mask_BL, generation_config=plain, logits_processor=[chances]
        )
    finally:
        network.generation_config = theirs
    new = out[:, ids_BL.shape[1] :].tolist()
    return [_until_end(*pair, model.ends) for pair in zip(new, chances.logprobs(), strict=True)]


def _until_end(tokens: list[int], logprobs: list[float], ends: frozenset[int]) -> Continued:
    end = next((i for i, token in enumerate(tokens) if token in ends), None)
    if end is None:
        return Continued(tuple(tokens), tuple(logprobs), ended=False)
    return Continued(tuple(tokens[:end]), tuple(logprobs[: end + 1]), ended=True)
