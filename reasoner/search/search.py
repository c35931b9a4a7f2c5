"""One batch of questions to be searched: who is asked, what they may spend, who listens. Nothing in it changes."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from reasoner.search.beams import Complete
from reasoner.search.energy import Energy
from reasoner.search.searchers import Searcher
from reasoner.types.domain import Domain
from reasoner.types.ports import Recall
from reasoner.types.step_model import Candidates, StepModel


@dataclass(frozen=True)
class Search:
    """What every node of the solve graph is told; what they find goes from node to node."""

    model: StepModel
    domain: Domain
    questions: Sequence[str]
    searcher: Searcher
    energy: Energy
    seed: int
    """Of all that is drawn."""
    recall: Recall | None = None
    """Asked for what is like the questions; None where nothing shall be recalled."""
    neighbours: int = 0
    """Of each question, at most."""
    seconds: float | None = None
    """After which only greedy's own beams go on."""
    tracing: bool = False
    observe: Callable[[str, dict[str, Any], float], None] | None = None
    """Told of every node of the solve graph: its name, what it was given and changed, its seconds."""
    watch: Callable[[Candidates], None] = lambda _: None
    """Sees all candidates as they are decoded, before equal texts are put together."""
    began: float = field(default_factory=time.monotonic)

    def answer_of(self, solution: Complete) -> str:
        """What a solution answers; empty if it never finished."""
        return self.domain.answer_of(solution.steps) if solution.finished else ""

    @property
    def late(self) -> bool:
        """Whether the seconds are spent."""
        return self.seconds is not None and time.monotonic() - self.began > self.seconds
