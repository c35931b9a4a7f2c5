"""Judged steps of the student's own attempts: what a verifier is trained on, and calibrated with.

Shapes: M claims, T steps before, S tokens of a step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from reasoner.models.tokenizers import FINISH, PAD, StepTokenizer
from reasoner.storage.tensor_files import fitting, load_tensors, save_tensors

COLLECT = "remove it: the same command collects them again"


@dataclass(frozen=True)
class JudgedClaims:
    """Claims of many questions, those of one question side by side. All steps before a claim are right."""

    question_M: Tensor
    """Place of the question in a list that is kept beside them."""
    tokens_MS: Tensor
    before_MTS: Tensor
    """In their order; `PAD` after the last."""
    depth_M: Tensor
    """Steps before."""
    said_M: Tensor
    round_trip_M: Tensor
    holds_M: Tensor
    right_M: Tensor
    """1 where the step is right, else 0."""

    def __len__(self) -> int:
        return len(self.question_M)

    @property
    def ends_M(self) -> Tensor:
        """Whether each step ends its solution."""
        return self.tokens_MS[:, 0] == FINISH

    def take(self, index: Tensor) -> "JudgedClaims":
        """Some of them, in that order."""
        return JudgedClaims(**{name: tensor[index] for name, tensor in vars(self).items()})

    def save(self, path: Path) -> None:
        """Writes them, whole or not at all."""
        save_tensors(path, vars(self))

    @classmethod
    def load(cls, path: Path) -> "JudgedClaims":
        """What `save` wrote."""
        tensors = load_tensors(path, mend=COLLECT)
        with fitting(path, mend=COLLECT):
            return cls(**tensors)

    @classmethod
    def join(cls, parts: Sequence["JudgedClaims"]) -> "JudgedClaims":
        """All of them, those of one question side by side."""
        steps = max(p.before_MTS.shape[1] for p in parts)
        before = [F.pad(p.before_MTS, (0, 0, 0, steps - p.before_MTS.shape[1]), value=PAD) for p in parts]
        columns = {name: torch.cat([vars(p)[name] for p in parts]) for name in vars(parts[0]) if name != "before_MTS"}
        whole = cls(before_MTS=torch.cat(before), **columns)
        return whole.take(whole.question_M.argsort(stable=True))


@dataclass(frozen=True)
class Line:
    """Right steps of a question, and the claims that were made on the way along them."""

    question: int
    steps_TS: Tensor
    rows: tuple[int, ...]
    """Of the claims, none of which belongs to another line too."""


def lines_of(judged: JudgedClaims) -> list[Line]:
    """The fewest lines that hold every claim: all that was said along a line is judged in one pass."""
    texts: dict[int, dict[tuple[tuple[int, ...], ...], list[int]]] = {}
    befores = judged.before_MTS.tolist()
    depths = judged.depth_M.tolist()
    for row, question in enumerate(judged.question_M.tolist()):
        key = tuple(tuple(step) for step in befores[row][: depths[row]])
        texts.setdefault(question, {}).setdefault(key, []).append(row)
    lines: list[Line] = []
    for question, groups in texts.items():
        left = dict(groups)
        for longest in sorted(groups, key=len, reverse=True):
            if longest not in left:
                continue
            rows = [row for depth in range(len(longest) + 1) for row in left.pop(longest[:depth], ())]
            steps = torch.tensor(longest, dtype=torch.long).view(len(longest), judged.before_MTS.shape[2])
            lines.append(Line(question, steps, tuple(rows)))
    return lines


def token_rows(writes: StepTokenizer, before: Sequence[Sequence[str]]) -> Tensor:
    """Steps before each claim as tokens, [M, T, S]."""
    S, known = writes.max_tokens, dict[str, list[int]]()
    most = max((len(b) for b in before), default=0)

    def padded(text: str) -> list[int]:
        if text not in known:
            ids = writes.encode(text)[:S]
            known[text] = ids + [PAD] * (S - len(ids))
        return known[text]

    rows = [[padded(text) for text in steps] + [[PAD] * S] * (most - len(steps)) for steps in before]
    return torch.tensor(rows, dtype=torch.long).view(len(before), most, S)
