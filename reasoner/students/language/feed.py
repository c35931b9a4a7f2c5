"""Batches of rows as a pure function of seed and number, so that resuming needs no sampler state."""

from collections.abc import Sequence
from random import Random

from reasoner.students.language.template import Row
from reasoner.training.feed import derive


class Stream:
    """Rows without end: each once in every pass, in an order of the pass's own."""

    def __init__(self, rows: Sequence[Row], *, seed: int) -> None:
        self._rows, self._seed = list(rows), seed
        self._pass, self._order = -1, list[int]()

    def at(self, place: int) -> Row:
        """The row of a place, 0 and up; the same for the same place."""
        number, index = divmod(place, len(self._rows))
        if number != self._pass:
            self._pass, self._order = number, list(range(len(self._rows)))
            Random(derive(self._seed, "pass", number)).shuffle(self._order)
        return self._rows[self._order[index]]


class Batches:
    """Learnt rows with a fixed share of replayed base problems.

    Args:
        learnt: that are to be learnt; at least one.
        replay: that are not to be forgotten.
        share: of them in what is drawn; 0 where there are none.
        size: of a batch.
        seed: of the orders.
    """

    def __init__(
        self, learnt: Sequence[Row], replay: Sequence[Row] = (), *, share: float, size: int, seed: int
    ) -> None:
        assert learnt, "nothing to learn from"
        self._learnt = Stream(learnt, seed=derive(seed, "learnt"))
        self._replay = Stream(replay, seed=derive(seed, "replay"))
        self._share, self._size = (share if replay else 0.0), size

    def at(self, number: int) -> list[Row]:
        """A batch; over all batches the share is kept, in one of them to the next whole row."""
        before, after = (int(self._share * self._size * n) for n in (number, number + 1))
        first = number * self._size - before
        learnt = [self._learnt.at(first + i) for i in range(self._size - (after - before))]
        return learnt + [self._replay.at(place) for place in range(before, after)]
