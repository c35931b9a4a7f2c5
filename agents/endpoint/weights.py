"""How likely a continuation is, read from a prompt that came back with the logarithms of its tokens' chances.

Not every server that takes `echo` and `logprobs` sends what they ask for: an answer that leaves the prompt out, or its
weights, is refused here. Taken at its word it would make every choice a guess.
"""

import math
from collections.abc import Sequence
from itertools import accumulate

from agents.endpoint.requests import Said


class NoWeights(Exception):
    """The answer does not say how likely its prompt is."""


def loglikelihood(said: Said, *, context: str, continuation: str) -> float:
    """The natural logarithm of the chance of a continuation after its context, summed over its tokens.

    A token that begins in the context and ends in the continuation counts: without it a letter would weigh nothing.

    Args:
        said: the answer to `context + continuation`, weighed.
        context: must not be empty.
        continuation: spaces at the context's end count to it.

    Raises:
        NoWeights: the answer does not hold what is needed.
    """
    prompt, border = context + continuation, len(context.rstrip())
    shift = said.text.find(prompt)
    if shift < 0:
        raise NoWeights("the prompt did not come back")
    begins, ends = _places(said)
    own = [
        logprob
        for logprob, begin, end in zip(said.logprobs, begins, ends, strict=True)
        if begin < shift + len(prompt) and end > shift + border
    ]
    told = [x for x in own if x is not None and math.isfinite(x)]
    if not own or len(told) < len(own):
        raise NoWeights(f"{len(told)} of the {len(own)} tokens of {continuation[:40]!r} have a weight")
    return sum(told)


def _places(said: Said) -> tuple[Sequence[int], Sequence[int]]:
    """Where each token begins and ends in the text."""
    if len(said.tokens) != len(said.logprobs) or not said.tokens:
        raise NoWeights("there are no tokens with weights")
    if said.offsets:
        return said.offsets, (*said.offsets[1:], len(said.text))
    if "".join(said.tokens) != said.text:
        raise NoWeights("nothing says where its tokens stand")
    ends = list(accumulate(len(token) for token in said.tokens))
    return [0, *ends[:-1]], ends
