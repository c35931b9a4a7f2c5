"""The memory of past solutions: remembered with their latents, recalled by likeness.

Vectors are D wide, one for each example; `space` is the fingerprint of the encoder that made them. The store holds the
truth; the indices are refreshed from it before every search, so what another process has remembered is found too.
"""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import numpy as np

from memory.filters import Filter
from memory.index.flat import FlatIndex
from memory.store.database import Database
from memory.store.examples import Added, ExampleStore
from reasoner.types.example import Example, WrongAttempt
from reasoner.types.record import Record

EVERYTHING = Filter()


class Recollection(Record):
    """Something remembered, and how like the question it is."""

    example: Example | WrongAttempt
    score: float
    """Cosine, -1 to 1."""


class MemoryStats(Record):
    """How much is remembered."""

    space: str
    examples: int
    wrong_attempts: int
    by_skill: dict[str, int]
    """Examples by skill."""
    vectors: int
    """Latents of examples in this space."""
    wrong_vectors: int
    dimension: int


class LatentMemory:
    """The memory of a home in one latent space."""

    def __init__(self, database: Database, home: Path, space: str):
        self._store = ExampleStore(database)
        self._space = space
        folder = home / "index" / space
        self._right = FlatIndex(self._store, folder, space=space, correct=True)
        self._wrong = FlatIndex(self._store, folder, space=space, correct=False)

    def remember(self, examples: Sequence[Example], latents: np.ndarray) -> Added:
        """Keeps verified examples with latents_ND; the same again changes nothing and gives the same answer."""
        added = self._store.add(examples, latents, space=self._space)
        self._take_in(self._right)
        return added

    def remember_wrong(self, attempts: Sequence[WrongAttempt], latents: np.ndarray) -> Added:
        """Keeps failed attempts with latents_ND, to be found only where wrong ones are asked for."""
        added = self._store.add_wrong(attempts, latents, space=self._space)
        self._take_in(self._wrong)
        return added

    def search(
        self,
        vector: np.ndarray,
        *,
        k: int,
        only: Filter = EVERYTHING,
        correct: bool = True,
        among: Collection[str] | None = None,
        leave_out: Callable[[Example | WrongAttempt], bool] = lambda _: False,
    ) -> list[Recollection]:
        """The k most alike, best first.

        Args:
            vector: the question's latent, D.
            k: how many at most.
            only: what is meant.
            correct: verified examples, or wrong attempts.
            among: ids that are meant; None for all.
            leave_out: says of a remembered item whether to pass it over, as the problem being answered must be.
        """
        index = self._right if correct else self._wrong
        index.refresh()
        seen, wanted = 0, k
        kept: list[Recollection] = []
        while len(kept) < k and seen < len(index):
            wanted = min(4 * wanted, len(index))
            nearest = index.search(np.asarray(vector, dtype=np.float32)[None], wanted)[0]
            fresh = zip(nearest.ids[seen:], nearest.scores[seen:], strict=True)
            meant = {id: score for id, score in fresh if among is None or id in among}
            for item, score in zip(self._items(list(meant), correct=correct), meant.values(), strict=True):
                if only.matches(item) and not leave_out(item):
                    kept.append(Recollection(example=item, score=score))
            seen = wanted
        return kept[:k]

    def stats(self) -> MemoryStats:
        """How much is remembered."""
        by_skill = self._store.counts(correct=True)
        self._right.refresh()
        self._wrong.refresh()
        return MemoryStats(
            space=self._space,
            examples=sum(by_skill.values()),
            wrong_attempts=sum(self._store.counts(correct=False).values()),
            by_skill=by_skill,
            vectors=len(self._right),
            wrong_vectors=len(self._wrong),
            dimension=self._right.dimension or self._wrong.dimension,
        )

    def rebuild(self) -> MemoryStats:
        """Makes the indices anew from the store."""
        self._right.rebuild()
        self._wrong.rebuild()
        return self.stats()

    def _items(self, ids: Sequence[str], *, correct: bool) -> Sequence[Example | WrongAttempt]:
        return self._store.found(ids) if correct else self._store.found_wrong(ids)

    def _take_in(self, index: FlatIndex) -> None:
        if index.refresh():
            index.save()
