"""What a memory under test can do. The child process (child.py) drives one; each file beside this holds one kind.

Vectors are float32, vector_D or vectors_ND, not scaled to unit length; likeness is the cosine.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

K = 10
"""Neighbours of a query."""


class Item(NamedTuple):
    """One solved problem, as every system is given it."""

    id: str
    question: str
    steps: list[str]
    answer: str
    skill: str


class System(Protocol):
    """A memory under test, in a folder of its own."""

    @property
    def calls(self) -> Sequence[str]:
        """What can be asked: `ids`, `records`, `filtered` (records of one skill), `fresh` (ids of what just came)."""
        ...

    def prepared(self, items: Sequence[Item], vectors_ND: np.ndarray) -> Any:
        """A batch in the form in which a user of this system would hold it; not timed."""
        ...

    def add(self, batch: Any) -> None:
        """Takes in what `prepared` gave, durably where the system can; timed."""
        ...

    def settle(self, like: dict[str, Any]) -> dict[str, Any]:
        """Builds what is left to build, timed as part of taking in; returns how the index is made.

        Args:
            like: how our index is made, for whoever copies it.
        """
        ...

    def knobs(self) -> list[dict[str, Any]]:
        """Settings of the search, from the quickest to the most exact; empty where there is nothing to set."""
        ...

    def use(self, knobs: dict[str, Any]) -> None:
        """Searches with these settings from now on."""
        ...

    def ask(self, call: str, vector_D: np.ndarray, skill: str | None) -> Any:
        """The K nearest, as the system gives them to its user; timed."""
        ...

    def ids(self, answer: Any) -> list[str]:
        """The ids in an answer, best first."""
        ...

    def close(self) -> None:
        """Leaves the folder as it would be found by the next process."""
        ...
