"""Nearest neighbours by cosine, derived from the store, in step with it, and kept in files to start quickly.

The store is the truth and its numbered latents and versions are the journal: an index knows how far it has read, takes
in what has come since before every search, and one whose files are missing, damaged, or not what the store holds, is
made anew. Shapes: vectors_ND and queries_QD, float32; scores are cosines in [-1, 1]. Positions are rows of the index.
"""

from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

import numpy as np

from memory.index import kinds
from memory.index.files import Contents, Files, Kept
from memory.index.kinds import EXACT, Choice
from memory.sameness import unit
from memory.store.latents import LatentStore, News, Tally

FEW = 0.05
"""Share of the vectors below which those that a filter leaves are read one by one: a graph would miss them."""

SAVE_AFTER = 0.1
"""Share of changes since they were written after which a reader, too, writes the files."""

SAMPLE = 64
"""Rows of files that are compared with the store when they are opened."""


class Neighbours(NamedTuple):
    """What a search found for one query, best first."""

    ids: list[str]
    scores: list[float]


class VectorIndex:
    """The vectors of one space in memory, beside the files they are kept in.

    Args:
        store: where the vectors come from.
        folder: `<home>/index/<space>`.
        space: fingerprint of the encoder.
        correct: of examples, or of wrong attempts.
        mark: a number that changes whenever the store may have; None: the store is asked every time.
    """

    def __init__(
        self,
        store: LatentStore,
        folder: Path,
        *,
        space: str,
        correct: bool = True,
        mark: Callable[[], int] | None = None,
    ):
        self._store = store
        self._space = space
        self._correct = correct
        self._mark = mark
        self._files = Files(folder, "right" if correct else "wrong")
        self._lock = RLock()
        self._seen: int | None = None
        self._forget()
        self.rebuilt = self._load()
        """Why the files could not be used; empty if they could."""

    def __len__(self) -> int:
        return self._count

    @property
    def dimension(self) -> int:
        """Width of the vectors; 0 while there is none."""
        return 0 if self._faiss is None else self._faiss.d

    @property
    def version(self) -> int:
        """Of the memory, that the index agrees with."""
        return self._version

    @property
    def reading(self) -> tuple[int, int, int]:
        """What changes whenever the index does."""
        return self._after, self._version, len(self._items)

    @property
    def choice(self) -> Choice:
        """How it searches, and what the trial of that found."""
        return self._choice

    def refresh(self) -> int:
        """Takes in what the store has got since, from this process or another; returns how many changes."""
        with self._lock:
            mark = self._mark() if self._mark else None
            if mark is not None and mark == self._seen:
                return 0
            news = self._store.news(self._space, correct=self._correct, after=self._after, version=self._version)
            self._seen = mark
            self._take_in(news)
            return len(news.items) + len(news.gone) + len(news.back)

    def search(self, queries_QD: np.ndarray, k: int, *, among: np.ndarray | None = None) -> list[Neighbours]:
        """The k nearest of each query by cosine, equal scores by id; fewer where there are not so many.

        Args:
            queries_QD: of any length but zero.
            k: how many at most.
            among: mask_N of the positions that are meant; None for all.
        """
        with self._lock:
            meant = self._meant(among)
            left = len(self._alive) if meant is None else int(meant.sum())
            k = min(k, left)
            if k == 0:
                return [Neighbours([], []) for _ in queries_QD]
            units_QD = unit(queries_QD)
            if meant is not None and (left < FEW * len(meant) or left < 4 * k):
                scores_QK, rows_QK = self._read(units_QD, np.flatnonzero(meant), k)
            else:
                scores_QK, rows_QK = self._faiss.search(units_QD, k, params=self._parameters(meant, left))
            return [self._neighbours(scores, rows) for scores, rows in zip(scores_QK, rows_QK, strict=True)]

    def cosines(self, query_D: np.ndarray, ids: np.ndarray) -> list[float | None]:
        """The cosine of each id (bytes) with the query; None for one that is not here."""
        with self._lock:
            places = self.positions(ids)
            here = [int(p) for p in places if p >= 0]
            if not here:
                return [None] * len(ids)
            scores = dict(zip(here, (self._rows(np.array(here)) @ unit(query_D[None])[0]).tolist(), strict=True))
            return [scores.get(int(p)) for p in places]

    def positions(self, ids: np.ndarray) -> np.ndarray:
        """Where ids (bytes) stand; -1 for one that is not here."""
        with self._lock:
            if self._order is None:
                self._order = np.argsort(self._items, kind="stable")
            if not len(self._items) or not len(ids):
                return np.full(len(ids), -1, dtype=np.int64)
            at = np.searchsorted(self._items, ids, sorter=self._order)
            places = self._order[np.minimum(at, len(self._items) - 1)]
            return np.where(self._items[places] == ids, places, -1)

    def mask(self, ids: np.ndarray) -> np.ndarray:
        """mask_N of the positions of ids (bytes)."""
        with self._lock:
            places = self.positions(ids)
            mask = np.zeros(len(self._items), dtype=bool)
            mask[places[places >= 0]] = True
            return mask

    def vectors(self) -> tuple[np.ndarray, np.ndarray]:
        """Ids (bytes, N) and unit vectors_ND of what is in the memory, by position."""
        with self._lock:
            alive = np.flatnonzero(self._alive)
            return self._items[alive], self._rows(alive) if len(alive) else np.zeros((0, 0), dtype=np.float32)

    def settle(self) -> Choice:
        """Takes in everything, becomes the kind that suits its size, and is written."""
        with self._lock:
            self.refresh()
            grown = len(self) >= 2 * max(self._settled, 1)
            outgrown = self._choice.kind == "flat" and len(self) >= kinds.EXACT_BELOW
            if outgrown or (self._choice.kind != "flat" and (grown or len(self) < 0.8 * len(self._alive))):
                self._rebuild_as_fits()
            if self._unsaved:
                self.save()
            return self._choice

    def rebuild(self) -> None:
        """Makes the index anew from the store and writes it."""
        with self._lock:
            self._forget()
            self.refresh()
            self._rebuild_as_fits()
            self.save()

    def save(self) -> None:
        """Writes the files; readers see the old or the new ones."""
        with self._lock:
            if self._faiss is None:
                return
            kept = Kept(
                space=self._space,
                after=self._after,
                version=self._version,
                choice=self._choice,
                settled=self._settled,
            )
            self._files.write(Contents(self._faiss, self._numbers, self._items, self._alive, kept))
            self._unsaved = 0

    def _forget(self) -> None:
        self._faiss: Any = None
        self._numbers = np.zeros(0, dtype=np.int64)
        self._items = np.zeros(0, dtype="S1")
        self._alive = np.zeros(0, dtype=bool)
        self._order: np.ndarray | None = None
        self._after = self._version = self._unsaved = self._settled = self._count = 0
        self._seen = None
        self._choice = EXACT

    def _load(self) -> str:
        read = self._files.read()
        reason = read if isinstance(read, str) else ""
        if not isinstance(read, str):
            self._faiss, self._numbers, self._items, self._alive = read.index, read.numbers, read.items, read.alive
            self._count = int(self._alive.sum())
            self._after, self._version, self._settled = read.kept.after, read.kept.version, read.kept.settled
            self._choice = read.kept.choice
            kinds.set_effort(self._choice.kind, self._faiss, self._choice.effort)
        if not reason and not self._agrees(self._catch_up()):
            reason = "stale"
            self._forget()
        self.refresh()
        if self._unsaved > SAVE_AFTER * len(self):
            self.save()
        return reason if len(self) else ""

    def _catch_up(self) -> Tally:
        """Takes in what is new; what the store held at that moment, which it may hold no longer."""
        self._seen = self._mark() if self._mark else None
        news, tally = self._store.counted_news(
            self._space, correct=self._correct, after=self._after, version=self._version
        )
        self._take_in(news)
        return tally

    def _agrees(self, tally: Tally) -> bool:
        """Whether the store had as many vectors, of the same numbers, and has a sample of them of the same items."""
        if (tally.count, tally.total) != (len(self), int(self._numbers[self._alive].sum())):
            return False
        some = np.linspace(0, len(self._items) - 1, SAMPLE).astype(int) if len(self._items) else np.zeros(0, dtype=int)
        return self._store.holds(self._numbers[some].tolist(), [item.decode() for item in self._items[some].tolist()])

    def _take_in(self, news: News) -> None:
        back = news.back
        if len(news.gone) or len(back):
            places = self.positions(news.gone)
            self._alive[places[places >= 0]] = False
            places = self.positions(back)
            self._alive[places[places >= 0]] = True
            back = back[places < 0]
        if len(back):
            ids = [id.decode() for id in back.tolist()]
            self._append(
                self._store.numbers(self._space, ids, correct=self._correct),
                back,
                self._store.of(self._space, ids, correct=self._correct),
            )
        if len(news.items):
            self._append(news.numbers, news.items, news.vectors_ND)
            self._after = int(news.numbers[-1])
        self._version = news.version
        self._count = int(self._alive.sum())
        self._unsaved += len(news.items) + len(news.gone) + len(news.back)

    def _append(self, numbers: np.ndarray, items: np.ndarray, vectors_ND: np.ndarray) -> None:
        units_ND = unit(vectors_ND)
        if self._faiss is None:
            self._faiss = kinds.new_index("flat", units_ND)
        else:
            self._faiss.add(units_ND)
        self._numbers = np.concatenate([self._numbers, numbers])
        self._items = np.concatenate([self._items, items])
        self._alive = np.concatenate([self._alive, np.ones(len(items), dtype=bool)])
        self._order = None

    def _rebuild_as_fits(self) -> None:
        if self._faiss is None:
            return
        alive = np.flatnonzero(self._alive)
        vectors_ND = self._rows(alive)
        self._numbers, self._items = self._numbers[alive], self._items[alive]
        self._alive, self._order, self._count = np.ones(len(alive), dtype=bool), None, len(alive)
        choice = kinds.choose(vectors_ND)
        self._faiss = kinds.new_index(choice.kind, vectors_ND)
        self._choice = choice if choice.kind == "flat" else kinds.tune(choice.kind, self._faiss, vectors_ND)
        self._settled = len(alive)
        self._unsaved += 1

    def _rows(self, places: np.ndarray) -> np.ndarray:
        return self._faiss.reconstruct_batch(np.ascontiguousarray(places, dtype=np.int64))

    def _read(self, units_QD: np.ndarray, places: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The k nearest among few positions, every one of them read."""
        scores_QM = units_QD @ self._rows(places).T
        best_QK = np.argsort(-scores_QM, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(scores_QM, best_QK, axis=1), places[best_QK]

    def _meant(self, among: np.ndarray | None) -> np.ndarray | None:
        """mask_N of what is meant and in the memory; None for every row."""
        if self._count == len(self._alive):
            return among
        return self._alive if among is None else among & self._alive

    def _parameters(self, meant: np.ndarray | None, left: int) -> Any:
        if meant is None:
            return None
        # The walk passes what is not meant: the fewer are, the more it must see to meet as many.
        harder = len(meant) / left
        import faiss

        # Its Python layer gives these constructors other parameters than its stubs know.
        made: Any = faiss
        chosen = made.IDSelectorBitmap(np.packbits(meant, bitorder="little"))
        if self._choice.kind == "hnsw":
            return made.SearchParametersHNSW(sel=chosen, efSearch=round(self._choice.effort * harder))
        if self._choice.kind == "ivf":
            return made.SearchParametersIVF(
                sel=chosen, nprobe=min(self._faiss.nlist, round(self._faiss.nprobe * harder))
            )
        return made.SearchParameters(sel=chosen)

    def _neighbours(self, scores_K: np.ndarray, rows_K: np.ndarray) -> Neighbours:
        # A graph may find fewer than asked for; faiss fills up with -1.
        found = [
            (id.decode(), score)
            for id, score, row in zip(self._items[rows_K].tolist(), scores_K.tolist(), rows_K.tolist(), strict=True)
            if row >= 0
        ]
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        return Neighbours([item for item, _ in found], [score for _, score in found])
