"""What a search saw, for people to look at."""

from typing import Literal

from reasoner.types.problem import Split
from reasoner.types.record import Record
from reasoner.types.report import Rate

SearcherName = Literal["greedy", "sample", "beam"]
"""Ways of looking for a solution: one attempt, attempts side by side, the best partial solutions go on."""

REFINED = "refine"
"""Origin of candidates that gradient steps have made."""


class SeenCandidate(Record):
    """One candidate for a step."""

    beam: int
    """Which partial solution of the round it continues."""
    origin: str
    """`clean`, `noise`, `sample`, `z`, `denoise`, `verifier`, `recall`, `refine`."""
    found: int
    """Decodes that came out as this text."""
    text: str
    """Empty for the step that says that the solution is complete."""
    terms: dict[str, float]
    gain: float
    """Natural logarithm of the chance that the step is right, as the energy sees it."""
    score: float
    """That of all steps so far together."""
    fate: Literal["kept", "complete", "pruned"]
    why: str
    refined_from: str = ""
    """Text of the latent before, where gradient steps changed what is said."""


class SearchRound(Record):
    """One step of a search."""

    question: int
    """Row of the batch."""
    step: int
    """Counted from 1."""
    candidates: tuple[SeenCandidate, ...]


class FoundSolution(Record):
    """A complete solution."""

    steps: tuple[str, ...]
    answer: str
    """What its steps end in."""
    doubt: str = ""
    """Why that cannot be believed; empty where nothing speaks against it."""
    score: float
    greedy: bool
    finished: bool


class SearchTrace(Record):
    """A whole search for one question."""

    searcher: str
    seed: int
    decodes: int
    rounds: tuple[SearchRound, ...]
    solutions: tuple[FoundSolution, ...]
    chosen: int
    """Place among the solutions."""
    latents: str
    """SHA-256 of all decoded slots in their order, 16 hex digits: equal searches have equal ones."""


class SearchRow(Record):
    """One way of searching, on the same problems as the others."""

    name: str
    overall: Rate
    wins: int
    """Problems that it solves and greedy does not."""
    losses: int
    gain: float
    ci95: tuple[float, float]
    """95% interval of the paired difference from greedy."""
    p: float
    """One-sided exact sign test of a gain."""
    worse: tuple[str, ...]
    """Skills and difficulties in which it is below greedy at p < .05, one-sided."""
    oracle: float
    """Share of the problems with a right answer among the complete solutions."""
    decodes: float
    """A problem, on average."""
    seconds: float


class SearchTable(Record):
    """All ways of searching beside greedy."""

    checkpoint: str
    split: Split | Literal["file"]
    rows: tuple[SearchRow, ...]
