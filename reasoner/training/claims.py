"""Judged steps of the student's own attempts: what a verifier is trained on, and calibrated with.

Shapes: M claims, T steps of a claim (the newest first), S tokens of a step, K slots, D width.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from reasoner.models.tokenizers import FINISH


@dataclass(frozen=True)
class JudgedClaims:
    """Claims of many questions, those of one question side by side."""

    question_M: Tensor
    """Place of the question in a list that is kept beside them."""
    tokens_MTS: Tensor
    clean_MKD: Tensor
    """Half precision."""
    said_M: Tensor
    round_trip_M: Tensor
    holds_M: Tensor
    found_M: Tensor
    """Share of a beam's decodes that came out as this step."""
    depth_M: Tensor
    """Steps before."""
    right_M: Tensor
    """1 where the step is right (all before it are), else 0."""
    words_M: Tensor
    """How many words of a wrong step are right before it goes wrong; -1 for a right step."""

    def __len__(self) -> int:
        return len(self.question_M)

    @property
    def ends_M(self) -> Tensor:
        """Whether each step ends its solution."""
        return self.tokens_MTS[:, 0, 0] == FINISH

    def take(self, index: Tensor) -> "JudgedClaims":
        """Some of them, in that order."""
        return JudgedClaims(**{name: tensor[index] for name, tensor in vars(self).items()})

    def save(self, path: Path) -> None:
        """Writes them, whole or not at all."""
        partial = path.with_suffix(".partial")
        save_file({name: tensor.contiguous() for name, tensor in vars(self).items()}, partial)
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> "JudgedClaims":
        """What `save` wrote."""
        return cls(**load_file(path))

    @classmethod
    def join(cls, parts: Sequence["JudgedClaims"]) -> "JudgedClaims":
        """All of them, those of one question side by side."""
        steps = max(p.tokens_MTS.shape[1] for p in parts)
        tokens = [torch.nn.functional.pad(p.tokens_MTS, (0, 0, 0, steps - p.tokens_MTS.shape[1])) for p in parts]
        columns = {name: torch.cat([vars(p)[name] for p in parts]) for name in vars(parts[0]) if name != "tokens_MTS"}
        whole = cls(tokens_MTS=torch.cat(tokens), **columns)
        return whole.take(whole.question_M.argsort(stable=True))
