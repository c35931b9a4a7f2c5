"""The memory of past solutions: remembered with their latents, recalled by likeness and by words.

Vectors are D wide, one for each example; `space` is the fingerprint of the encoder that made them. The store holds the
truth; the indices are refreshed from it before every search, so what another process has remembered is found too.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from memory.filters import Filter
from memory.index.kinds import Choice
from memory.index.vectors import Neighbours, VectorIndex
from memory.store.database import Database
from memory.store.examples import Added, ExampleStore
from memory.store.latents import LatentStore, as_bytes
from memory.store.versions import Kind
from reasoner.types.example import Example, WrongAttempt
from reasoner.types.record import Record

EVERYTHING = Filter()

RECENT = 4096
"""Items kept at hand after they were read; what an id stands for never changes."""

MASKS = 8
"""Filters whose items are kept at hand until the memory changes."""

WORDED = 10_000
"""Examples found by words of which a filter picks."""

FUSION = 60
"""k of reciprocal rank fusion (Cormack et al. 2009)."""


class Recollection(Record):
    """Something remembered, and how like the question it is."""

    example: Example | WrongAttempt
    score: float | None
    """Cosine, -1 to 1; None if it has no latent in the space that was searched."""
    words: int | None = None
    """Place, from 1, among those that share words with the text asked for; None if it was not found by words."""
    sightings: int = 0
    """How often the same, or nearly, was met again."""


class MemoryStats(Record):
    """How much is remembered."""

    space: str
    version: int
    """Number of the present version; every change makes a new one."""
    examples: int
    wrong_attempts: int
    by_skill: dict[str, int]
    """Examples by skill."""
    vectors: int
    """Latents of examples in this space."""
    wrong_vectors: int
    dimension: int
    index: Choice
    """How the examples are searched."""


class LatentMemory:
    """The memory of a home in one latent space."""

    def __init__(self, database: Database, home: Path, space: str):
        self._database = database
        self._store = ExampleStore(database)
        self._latents = LatentStore(database)
        self._space = space
        self._folder = home / "index" / space
        self._frozen = False
        self._recent: OrderedDict[tuple[bool, str], Example | WrongAttempt] = OrderedDict()
        self._masks: OrderedDict[tuple[bool, Filter], tuple[tuple[int, int, int], np.ndarray]] = OrderedDict()

    @cached_property
    def _right(self) -> VectorIndex:
        return self._index(correct=True)

    @cached_property
    def _wrong(self) -> VectorIndex:
        return self._index(correct=False)

    @property
    def space(self) -> str:
        """Fingerprint of the encoder whose latents are searched."""
        return self._space

    @property
    def version(self) -> int:
        """Of the memory, that searches see."""
        return self._current(correct=True).version

    def remember(self, examples: Sequence[Example], latents: np.ndarray, *, kind: Kind = "learnt") -> Added:
        """Keeps verified examples with latents_ND; the same again changes nothing and gives the same answer."""
        return self._store.add(examples, latents, space=self._space, kind=kind)

    def remember_wrong(self, attempts: Sequence[WrongAttempt], latents: np.ndarray) -> Added:
        """Keeps failed attempts with latents_ND, to be found only where wrong ones are asked for."""
        return self._store.add_wrong(attempts, latents, space=self._space)

    def freeze(self) -> int:
        """From now on searches see the memory as it is now, whatever is learnt beside them; its version."""
        # Both indices are brought up to date: one opened later would hold what was learnt since.
        version, _ = (self._current(correct=correct).version for correct in (True, False))
        self._frozen = True
        return version

    def nearest(self, vector: np.ndarray, *, k: int, only: Filter = EVERYTHING, correct: bool = True) -> Neighbours:
        """Ids and cosines of the k most alike, best first, without what they stand for."""
        index = self._current(correct=correct)
        mask = None if only.is_empty else self._mask(index, only, correct=correct)
        return index.search(np.asarray(vector, dtype=np.float32)[None], k, among=mask)[0]

    def search(
        self,
        vector: np.ndarray,
        *,
        k: int,
        words: str = "",
        only: Filter = EVERYTHING,
        correct: bool = True,
        among: Collection[str] | None = None,
        leave_out: Callable[[Example | WrongAttempt], bool] = lambda _: False,
    ) -> list[Recollection]:
        """The k most alike, best first.

        Args:
            vector: the question's latent, D.
            k: how many at most.
            words: a text whose names and numbers count too; the two rankings are fused. Of examples only.
            only: what is meant.
            correct: verified examples, or wrong attempts.
            among: ids that are meant; None for all.
            leave_out: says of a remembered item whether to pass it over, as the problem being answered must be.
        """
        index = self._current(correct=correct)
        vector = np.asarray(vector, dtype=np.float32)
        mask = self._meant(index, only, among, correct=correct)
        total = len(index) if mask is None else int(mask.sum())
        worded = self._worded(words, index, mask, k=4 * k) if words and correct else {}
        kept: list[Recollection] = []
        wanted, seen = max(k, 4 * k if worded else k), set[str]()
        while len(kept) < k and len(seen) < total:
            nearest = index.search(vector[None], min(wanted, total), among=mask)[0]
            scores = dict(zip(nearest.ids, nearest.scores, strict=True)) | self._scores(index, vector, worded)
            ranked = _fused(nearest.ids, worded)
            fresh = [id for id in ranked if id not in seen]
            if not fresh:
                break
            counts = self._read(fresh, correct=correct)
            for id in fresh:
                item = self._recent[correct, id]
                if len(kept) < k and not leave_out(item):
                    # What it is made of has been checked where it was read.
                    found = {"score": scores[id], "words": worded.get(id), "sightings": counts.get(id, 0)}
                    kept.append(Recollection.model_construct(example=item, **found))
            seen.update(fresh)
            wanted *= 4
        return kept

    def latent_of(self, id: str, *, correct: bool = True) -> np.ndarray:
        """The latent of a remembered item in this space, D.

        Raises:
            NotFoundError: it has none.
        """
        return self._latents.of(self._space, [id], correct=correct)[0]

    def settle(self) -> None:
        """Brings the indices up to date, to the kind that suits their size, and into their files."""
        self._right.settle()
        self._wrong.settle()

    def stats(self) -> MemoryStats:
        """How much is remembered."""
        by_skill = self._store.counts(correct=True)
        right, wrong = (self._current(correct=correct) for correct in (True, False))
        return MemoryStats(
            space=self._space,
            version=right.version,
            examples=sum(by_skill.values()),
            wrong_attempts=sum(self._store.counts(correct=False).values()),
            by_skill=by_skill,
            vectors=len(right),
            wrong_vectors=len(wrong),
            dimension=right.dimension or wrong.dimension,
            index=right.choice,
        )

    def rebuild(self) -> MemoryStats:
        """Makes the indices anew from the store."""
        self._right.rebuild()
        self._wrong.rebuild()
        return self.stats()

    def _index(self, *, correct: bool) -> VectorIndex:
        return VectorIndex(self._latents, self._folder, space=self._space, correct=correct, mark=self._database.mark)

    def _current(self, *, correct: bool) -> VectorIndex:
        index = self._right if correct else self._wrong
        if not self._frozen:
            index.refresh()
        return index

    def _meant(
        self, index: VectorIndex, only: Filter, among: Collection[str] | None, *, correct: bool
    ) -> np.ndarray | None:
        mask = None if only.is_empty else self._mask(index, only, correct=correct)
        if among is None:
            return mask
        chosen = index.mask(as_bytes(among))
        return chosen if mask is None else mask & chosen

    def _mask(self, index: VectorIndex, only: Filter, *, correct: bool) -> np.ndarray:
        """mask_N of what a filter leaves, kept until the memory changes."""
        key, stand = (correct, only), index.reading
        if key not in self._masks or self._masks[key][0] != stand:
            self._masks[key] = (stand, index.mask(as_bytes(self._store.ids(only, correct=correct))))
            if len(self._masks) > MASKS:
                self._masks.popitem(last=False)
        return self._masks[key][1]

    def _worded(self, words: str, index: VectorIndex, mask: np.ndarray | None, *, k: int) -> dict[str, int]:
        """Places by id of what shares words with a text; nothing that is not meant."""
        # What a filter leaves out comes off the list, so the list must be longer.
        ids = self._store.with_words(words, k=k if mask is None else WORDED)
        if mask is not None:
            places = index.positions(as_bytes(ids))
            ids = [id for id, place in zip(ids, places.tolist(), strict=True) if place >= 0 and mask[place]]
        return {id: place for place, id in enumerate(ids[:k], start=1)}

    def _scores(self, index: VectorIndex, vector: np.ndarray, ids: Collection[str]) -> dict[str, float | None]:
        return dict(zip(ids, index.cosines(vector, as_bytes(ids)), strict=True))

    def _read(self, ids: Sequence[str], *, correct: bool) -> dict[str, int]:
        """Has the items of the ids at hand; how often each was met again, of those that were."""
        unread = [id for id in ids if (correct, id) not in self._recent]
        glance = self._store.glance(unread, counting=ids) if correct else None
        for item in glance.examples if glance else self._store.found_wrong(unread):
            self._recent[correct, item.id] = item
        for id in ids:
            self._recent.move_to_end((correct, id))
        while len(self._recent) > max(RECENT, len(ids)):
            self._recent.popitem(last=False)
        return glance.sightings if glance else {}


def _fused(nearest: Sequence[str], worded: dict[str, int]) -> list[str]:
    """Ids by reciprocal rank fusion of the two rankings; by likeness alone where words found nothing."""
    if not worded:
        return list(nearest)
    merit = {id: 1 / (FUSION + place) for place, id in enumerate(nearest, start=1)}
    for id, place in worded.items():
        merit[id] = merit.get(id, 0.0) + 1 / (FUSION + place)
    return sorted(merit, key=lambda id: (-merit[id], id))
