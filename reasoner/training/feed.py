"""Batches as a pure function of their number, so that resuming needs no sampler state.

Batches come in blocks of 16: a block's items are drawn, sorted by length and cut into batches of like length,
and the batches are shuffled. Everything follows from the seed and the block's number.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from torch import Tensor

from reasoner.errors import TrainingFailed
from reasoner.models.batches import QuestionBatch, pad_questions, pad_steps
from reasoner.models.student import Tokenizers
from reasoner.models.tokenizers import EncodedQuestion
from reasoner.training.team import Team
from reasoner.types.problem import Problem

BLOCK = 16

Draw = Callable[[int, int], list[Problem]]
"""`draw(n, seed)`: n worked problems, the same for the same arguments."""


@dataclass(frozen=True)
class Worked:
    """A question with its worked steps: all that training needs of a problem."""

    question: str
    steps: tuple[str, ...]
    wrong: tuple[str, ...] = ()
    """Steps of a wrong attempt of the student's own, where it learns from such."""


@dataclass(frozen=True)
class Item:
    """One training problem as token ids."""

    question: EncodedQuestion
    steps: list[list[int]]


@dataclass(frozen=True)
class Batch:
    """One update's input. The last step of each solution is the finishing one."""

    question: QuestionBatch
    steps_BTL: Tensor


class Feed(Protocol):
    """Where the items of a block come from."""

    def block(self, number: int, size: int) -> list[Item]:
        """`size` items; the same for the same arguments."""
        ...


def derive(seed: int, *words: object) -> int:
    """A 63-bit seed from a seed and words, by SHA-256."""
    text = "/".join(str(w) for w in (seed, *words))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def learnable(by: Tokenizers, problem: Problem | Worked) -> bool:
    """Whether every step of the solution can be written, with room for the finishing one."""
    return all(by.writes.fits(s) for s in problem.steps) and 0 < len(problem.steps) < by.max_steps


def encode(by: Tokenizers, problems: Sequence[Problem] | Sequence[Worked]) -> list[Item]:
    """Token ids of worked problems; those that are not `learnable` are left out."""
    kept = [p for p in problems if learnable(by, p)]
    questions = by.reads.encode([p.question for p in kept])
    finish = by.writes.finish
    return [Item(q, [*(by.writes.encode(s) for s in p.steps), finish]) for q, p in zip(questions, kept, strict=True)]


class FreshFeed:
    """New problems all the time, from a generator."""

    def __init__(self, by: Tokenizers, draw: Draw, *, seed: int) -> None:
        self._by, self._draw, self._seed = by, draw, seed

    def block(self, number: int, size: int) -> list[Item]:
        """Items never seen in another block, but for chance."""
        return encode(self._by, self._draw(size, derive(self._seed, "fresh", number)))


class CurriculumFeed:
    """An easy feed for the first batches, the full one after."""

    def __init__(self, easy: Feed, full: Feed, *, easy_batches: int) -> None:
        self._easy, self._full, self._easy_blocks = easy, full, -(-easy_batches // BLOCK)

    def block(self, number: int, size: int) -> list[Item]:
        """Items of the feed whose turn it is."""
        return (self._easy if number < self._easy_blocks else self._full).block(number, size)


class SharedFeed:
    """What one of a team's processes draws: every block of the feed falls to one of them."""

    def __init__(self, feed: Feed, team: Team) -> None:
        self._feed, self._rank, self._size = feed, team.rank, team.size

    def block(self, number: int, size: int) -> list[Item]:
        """This process's block of a number."""
        return self._feed.block(number * self._size + self._rank, size)


class MixedFeed:
    """Learnt examples, each as often as any other, with a fixed share of original problems."""

    def __init__(self, examples: Sequence[Item], original: Feed, *, original_share: float, seed: int) -> None:
        assert examples, "nothing to learn from"
        self._examples, self._original, self._share, self._seed = list(examples), original, original_share, seed
        self._epoch, self._permutation = -1, list[int]()

    def block(self, number: int, size: int) -> list[Item]:
        """`size` items, examples in shuffled passes."""
        old = round(size * self._share)
        new = size - old
        start = number * new
        chosen = [self._example(i) for i in range(start, start + new)]
        return chosen + (self._original.block(number, old) if old else [])

    def _example(self, position: int) -> Item:
        n = len(self._examples)
        return self._examples[self._order(position // n)[position % n]]

    def _order(self, epoch: int) -> list[int]:
        if self._epoch != epoch:
            self._epoch, self._permutation = epoch, list(range(len(self._examples)))
            Random(derive(self._seed, "epoch", epoch)).shuffle(self._permutation)
        return self._permutation


class Batches:
    """Cuts a feed into batches of like length."""

    def __init__(self, feed: Feed, *, batch_size: int, seed: int, device: str = "cpu") -> None:
        self._feed, self._batch_size, self._seed, self._device = feed, batch_size, seed, device
        self._number, self._block = -1, list[list[Item]]()

    def at(self, index: int) -> Batch:
        """The batch of a number, counted from 0."""
        number, offset = divmod(index, BLOCK)
        if number != self._number:
            self._number, self._block = number, self._cut(number)
        items = self._block[offset % len(self._block)]
        return Batch(
            pad_questions([i.question for i in items], device=self._device),
            pad_steps([i.steps for i in items], device=self._device),
        )

    def _cut(self, number: int) -> list[list[Item]]:
        items = self._feed.block(number, BLOCK * self._batch_size)
        if not items:
            raise TrainingFailed(
                f"block {number} has no problem that this student can write; see student.max_steps and max_step_tokens"
            )
        items.sort(key=lambda i: (len(i.steps), len(i.question.ids)))
        batches = [items[i : i + self._batch_size] for i in range(0, len(items), self._batch_size)]
        Random(derive(self._seed, "block", number)).shuffle(batches)
        return batches
