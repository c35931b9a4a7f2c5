"""What a frozen encoder makes of questions: one unit vector each, computed once in a home.

Shapes: N questions, L tokens, H width of the encoder.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from reasoner.models.backbones import OWN_IDS, BackboneReader, read_states
from reasoner.models.pretrained import Pretrained, load_encoder
from reasoner.models.state_cache import StateCache, key_of

MOST_TOKENS = 256
"""Of a question; a longer one keeps its end, where the asking stands."""
POOLED = "mean-2"
"""How a vector is made of token states; part of its key in the cache."""


@dataclass(frozen=True)
class QuestionReader:
    """An encoder with its tokenizer and what it has read."""

    pretrained: Pretrained
    cache: StateCache
    device: str = "cpu"

    @property
    def width(self) -> int:
        """Of a vector."""
        return self.pretrained.width

    @property
    def max_tokens(self) -> int:
        """Most that is read of a question."""
        return min(MOST_TOKENS, self.pretrained.positions)

    @torch.no_grad()
    def vectors(self, questions: Sequence[str]) -> Tensor:
        """Means of token states as unit vectors, [N, H] in float32 on the CPU."""
        reader = BackboneReader(self.pretrained.tokenizer, max_tokens=self.max_tokens)
        rows = reader.ids(questions)
        keys = [key_of(f"{self.pretrained.mark} {POOLED}", row) for row in rows]
        found = {key: self.cache.get(key) for key in keys}
        missing = {key: row for key, row in zip(keys, rows, strict=True) if found[key] is None}
        found |= self._read(missing)
        vectors = [found[key] for key in keys]
        return torch.stack([v[0].float() for v in vectors if v is not None]) if keys else torch.zeros(0, self.width)

    def cuts(self, questions: Sequence[str]) -> list[bool]:
        """Which questions have more tokens than are read."""
        return BackboneReader(self.pretrained.tokenizer, max_tokens=self.max_tokens).too_long(questions)

    def _read(self, rows: dict[str, list[int]]) -> dict[str, Tensor]:
        """Each text by itself and with one thread: what stands beside it, or where it is read, must not change a bit.

        A restored champion is asked for the same bits before a promotion counts.
        """
        self.pretrained.body.eval().to(self.device)
        with ThreadPoolExecutor(max(1, torch.get_num_threads()), initializer=_alone) as readers:
            vectors = list(readers.map(self._vector, rows.values()))
        found = {key: self.cache.put(key, vector) for key, vector in zip(rows, vectors, strict=True)}
        self.cache.flush()
        return found

    def _vector(self, row: list[int]) -> Tensor:
        """Of one text, [1, H]."""
        with torch.no_grad():
            states_1LH = read_states(self.pretrained.body, torch.tensor([row or [OWN_IDS]], device=self.device))
            return F.normalize(states_1LH.float().mean(1), dim=-1).cpu()


def _alone() -> None:
    """Each reading thread computes with no others."""
    torch.set_num_threads(1)


@lru_cache(maxsize=2)
def open_reader(model: str, *, cache: Path | None, device: str = "cpu") -> QuestionReader:
    """The reader of a model by name; loaded once in a process.

    Args:
        model: `minilm`, a folder, or a hub name.
        cache: `cache/backbone` of a home; None keeps vectors in memory.
        device: where it computes.

    Raises:
        ConfigError: there is no such encoder here.
    """
    pretrained = load_encoder(model)
    return QuestionReader(pretrained, StateCache(cache / f"{pretrained.mark}-pooled" if cache else None), device)
