"""A pretrained encoder at work: frozen with cached states, or tuned as part of the student; and its tokenizer.

Both are called with token ids in which 0 is padding and an encoder's own ids begin at `OWN_IDS`, so that batches and
masks are those of any student.

Shapes: B texts, L tokens, H width of the backbone.
"""

from collections.abc import Sequence
from typing import Protocol

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from reasoner.models.pretrained import Pretrained
from reasoner.models.state_cache import StateCache, key_of
from reasoner.models.tokenizers import NUMBER, PAD, EncodedQuestion

OWN_IDS = NUMBER + 1
CHUNK = 64
"""Texts read at once, of like length."""


class BackboneReader:
    """Reads questions, and texts of steps, with a backbone's own tokenizer."""

    def __init__(self, tokenizer: str, *, max_tokens: int | None = None) -> None:
        """Args:
        tokenizer: JSON of a `tokenizers.Tokenizer`.
        max_tokens: ids of a text at most, unless the JSON says it; longer ones keep their end, where the asking stands.
        """
        self._tokenizer = Tokenizer.from_str(tokenizer)
        if max_tokens is not None:
            self._tokenizer.enable_truncation(max_tokens, direction="left")

    def __len__(self) -> int:
        return self._tokenizer.get_vocab_size() + OWN_IDS

    def to_json(self) -> str:
        """Everything that reading hangs on."""
        return self._tokenizer.to_str()

    def unknown(self, question: str) -> list[str]:  # noqa: ARG002 (as a student's own reader)
        """None: such a tokenizer spells every text."""
        return []

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text, `OWN_IDS` and above."""
        return [[i + OWN_IDS for i in e.ids] for e in self._tokenizer.encode_batch(list(texts))]

    def too_long(self, questions: Sequence[str]) -> list[bool]:
        """Which questions have more tokens than are read."""
        return [bool(e.overflowing) for e in self._tokenizer.encode_batch(list(questions))]

    def encode(self, questions: Sequence[str]) -> list[EncodedQuestion]:
        """Encodes many at once; numbers are what the tokenizer makes of them."""
        return [EncodedQuestion(ids or [OWN_IDS], []) for ids in self.ids(questions)]

    def ids_of(self, words: Sequence[str]) -> list[int]:
        """The first id of each word by itself, special tokens aside."""
        found = (self._tokenizer.encode(word, add_special_tokens=False).ids for word in words)
        return [ids[0] + OWN_IDS if ids else OWN_IDS for ids in found]


class Backbone(Protocol):
    """Token states of a pretrained encoder."""

    width: int

    def __call__(self, tokens_BL: Tensor) -> Tensor:
        """States [B, L, H]; those of padding mean nothing."""
        ...


class FrozenBackbone:
    """Reads each text once and then remembers it. No part of the student's weights, and shared by all copies of it."""

    def __init__(self, pretrained: Pretrained, cache: StateCache) -> None:
        self.mark, self.width, self.cache = pretrained.mark, pretrained.width, cache
        self._body = pretrained.body.eval().requires_grad_(False)
        self.texts_read = 0

    def __deepcopy__(self, memo: dict[int, object]) -> "FrozenBackbone":
        return self

    def __call__(self, tokens_BL: Tensor) -> Tensor:
        """States [B, L, H]; zero at padding."""
        rows = [tuple(i for i in row if i != PAD) for row in tokens_BL.tolist()]
        keys = [key_of(self.mark, row) for row in rows]
        known = {key: self.cache.get(key) for key in dict.fromkeys(keys)}
        missing = {key: row for key, row in zip(keys, rows, strict=True) if known[key] is None}
        known |= self._read(missing, tokens_BL.device)
        # States outlive this call and may be wanted under autograd later, which inference tensors cannot be.
        with torch.inference_mode(False):
            states = torch.zeros(*tokens_BL.shape, self.width)
            for row, key in enumerate(keys):
                found = known[key]
                assert found is not None
                states[row, : len(found)] = found.float()
            return states.to(tokens_BL.device)

    def _read(self, rows: dict[str, tuple[int, ...]], device: torch.device) -> dict[str, Tensor]:
        self._body.to(device)
        order, found = sorted(rows, key=lambda key: len(rows[key])), dict[str, Tensor]()
        with torch.inference_mode(False), torch.no_grad():
            for start in range(0, len(order), CHUNK):
                chosen = order[start : start + CHUNK]
                longest = len(rows[chosen[-1]])
                padded = [list(rows[key]) + [PAD] * (longest - len(rows[key])) for key in chosen]
                states = read_states(self._body, torch.tensor(padded, device=device))
                for key, state in zip(chosen, states, strict=True):
                    found[key] = self.cache.put(key, state[: len(rows[key])])
        self.texts_read += len(rows)
        return found


class TunedBackbone(nn.Module):
    """A part of the student. It stays in inference mode: its dropout would need random state to resume from."""

    pretrained = True

    def __init__(self, pretrained: Pretrained) -> None:
        super().__init__()
        self.width = pretrained.width
        self.body = pretrained.body.eval().requires_grad_(True)

    def train(self, mode: bool = True) -> "TunedBackbone":  # noqa: ARG002 (see the class)
        """Stays in inference mode."""
        return super().train(False)

    def forward(self, tokens_BL: Tensor) -> Tensor:
        """States [B, L, H]."""
        return read_states(self.body, tokens_BL)


def read_states(body: nn.Module, tokens_BL: Tensor) -> Tensor:
    """The last hidden states of an encoder, [B, L, H]."""
    ids = (tokens_BL - OWN_IDS).clamp_min(0)
    return body(input_ids=ids, attention_mask=(tokens_BL != PAD).long()).last_hidden_state
