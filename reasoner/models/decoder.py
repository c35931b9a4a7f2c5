"""Slot-prefix decoder: writes one step's text from that step's slots and nothing else, so the latent is causal.

Shapes: N steps, K slots, L tokens, D width, V vocabulary.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from reasoner.models.layers import Block, Past
from reasoner.models.tokenizers import PAD, STOP


class StepDecoder(nn.Module):
    """A small causal language model over [slots; tokens]."""

    def __init__(self, vocabulary: int, *, width: int, heads: int, layers: int, slots: int, max_tokens: int) -> None:
        super().__init__()
        self.slots, self.max_tokens = slots, max_tokens
        self.token = nn.Embedding(vocabulary, width)
        self.position = nn.Embedding(slots + max_tokens, width)
        self.bridge = nn.Linear(width, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, slots_NKD: Tensor, tokens_NL: Tensor) -> Tensor:
        """Logits [N, L+1, V]: position i predicts token i from the slots and tokens before i."""
        x = torch.cat([self.bridge(slots_NKD), self.token(tokens_NL)], dim=1)
        x = x + self.position.weight[: x.shape[1]]
        for block in self.blocks:
            x = block(x, causal=True)
        return self.head(self.norm(x[:, self.slots - 1 :]))

    def begin(self, slots_NKD: Tensor) -> tuple[Tensor, list[Past]]:
        """Logits [N, V] of the first token, and what `go_on` needs."""
        pasts = [Past() for _ in self.blocks]
        return self._next(self.bridge(slots_NKD) + self.position.weight[: self.slots], pasts, causal=True), pasts

    def go_on(self, token_N: Tensor, position: int, pasts: list[Past]) -> Tensor:
        """Logits [N, V] of the token after `token_N`, which stands at `position`, counted from 0."""
        x = self.token(token_N)[:, None] + self.position.weight[self.slots + position]
        return self._next(x, pasts, causal=False)

    def _next(self, x_NLD: Tensor, pasts: list[Past], *, causal: bool) -> Tensor:
        for block, past in zip(self.blocks, pasts, strict=True):
            x_NLD = block(x_NLD, causal=causal, past=past)
        return self.head(self.norm(x_NLD[:, -1]))


@dataclass(frozen=True)
class Written:
    """Decoded steps."""

    tokens_NL: Tensor
    """`PAD` after the end of a step."""
    logprob_N: Tensor
    """Natural log-probability of each row."""


class Writer(Protocol):
    """Writes a step from its slots; `StepDecoder` says what each method gives."""

    slots: int
    max_tokens: int

    def __call__(self, slots_NKD: Tensor, tokens_NL: Tensor) -> Tensor:
        """Logits [N, L+1, V]."""
        ...

    def begin(self, slots_NKD: Tensor) -> tuple[Tensor, Any]:
        """Logits [N, V], and what `go_on` needs."""
        ...

    def go_on(self, token_N: Tensor, position: int, pasts: Any) -> Tensor:
        """Logits [N, V] of the next token."""
        ...


def write(decoder: Writer, slots_NKD: Tensor, *, temperature: float = 0.0, luck_NL: Tensor | None = None) -> Written:
    """Decodes each row until its `STOP` or the decoder's longest step: greedily, or drawn at a temperature.

    Args:
        decoder: writes a step.
        slots_NKD: one step a row.
        temperature: 0 takes the likeliest token; 1 draws as the decoder believes.
        luck_NL: for each token a number from 0 to 1 that draws it, on the CPU; needed unless greedy.
    """
    assert (luck_NL is not None) == (temperature > 0), "drawing needs luck, and greedy decoding has none"
    N = slots_NKD.shape[0]
    written: list[Tensor] = []
    logprob = slots_NKD.new_zeros(N)
    done = torch.zeros(N, dtype=torch.bool, device=slots_NKD.device)
    logits, pasts = decoder.begin(slots_NKD)
    for position in range(decoder.max_tokens):
        scores = logits.log_softmax(dim=-1)
        scores[:, PAD] = -torch.inf
        token = scores.argmax(dim=-1) if luck_NL is None else _draw(scores, temperature, luck_NL[:, position])
        said = scores.gather(1, token[:, None])[:, 0]
        token = torch.where(done, PAD, token)
        logprob = logprob + torch.where(done, 0.0, said)
        written.append(token)
        done = done | (token == STOP)
        if bool(done.all()) or position + 1 == decoder.max_tokens:
            break
        logits = decoder.go_on(token, position, pasts)
    return Written(torch.stack(written, dim=1), logprob)


def token_logprobs(decoder: Writer, slots_NKD: Tensor, tokens_NL: Tensor) -> Tensor:
    """Natural log-probability of each token of texts that are given, under its row's slots, [N, L]; 0 for `PAD`."""
    scores = decoder(slots_NKD, tokens_NL[:, :-1]).log_softmax(dim=-1)
    return scores.gather(2, tokens_NL[..., None])[..., 0].masked_fill(tokens_NL == PAD, 0.0)


def read_back(decoder: Writer, slots_NKD: Tensor, tokens_NL: Tensor) -> Tensor:
    """Natural log-probability [N] of texts that are given, each under its row's slots; `PAD` after the end."""
    return token_logprobs(decoder, slots_NKD, tokens_NL).sum(dim=1)


def _draw(scores_NV: Tensor, temperature: float, luck_N: Tensor) -> Tensor:
    """One token a row: the one in whose share of 0 to 1 its luck falls."""
    upto_NV = (scores_NV / temperature).softmax(dim=-1).cpu().cumsum(dim=-1)
    # Rounding may leave the last sum below 1: luck is scaled to it, so that it always falls on a token.
    return torch.searchsorted(upto_NV, (luck_N * upto_NV[:, -1])[:, None], right=True)[:, 0].to(scores_NV.device)
