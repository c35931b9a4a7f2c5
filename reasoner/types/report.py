"""Evaluations, comparisons and decisions."""

from typing import Any, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from reasoner.types.problem import Mode, Split
from reasoner.types.record import Record

Change = Literal["promotion", "merge", "revert"]
"""Why one checkpoint shall take another's place: it is better, it is the same with its additions in its base weights,
or it reigned before and the one that took its place is worse."""


class Rate(Record):
    """A share of right answers with its 95% Wilson interval."""

    n: int
    right: int
    accuracy: float
    ci95: tuple[float, float]


class EvalReport(Record):
    """One checkpoint on one set of problems."""

    checkpoint: str
    split: Split | Literal["file"]
    """`file`: all rows of a file that was named, whatever split they belong to."""
    cycle: int
    mode: Mode
    overall: Rate
    by_skill: dict[str, Rate]
    by_difficulty: dict[str, Rate]
    errors: int
    """Items whose checker failed; they are in neither `n` nor `right`."""
    items_hash: str
    """SHA-256 of the item ids, 16 hex digits."""
    attempts_file: str
    """Path below the run's folder."""
    seconds: float
    search: str = "greedy"
    """Name of the searcher."""
    right_with_false_steps: int | None = 0
    """Items in `right` with a step that is not true, or uses what nothing gives: right, perhaps by luck. None where the
    task judges no steps."""


VetoRule = Literal["proven", "noninferior"]
"""What a veto says: a loss is proven, or one of more than the margin is not excluded."""


class Veto(Record):
    """A bucket in which the candidate is worse beyond the margin and beyond chance, or may be, by the rule."""

    bucket: str
    wins: int
    losses: int
    n: int
    p: float
    rule: VetoRule = "proven"


GateTest = Literal["exact", "e_process"]


class Comparison(Record):
    """Champion and candidate on the same items."""

    n: int
    wins: int
    """Items that only the candidate solves."""
    losses: int
    """Items that only the champion solves."""
    gain: float
    ci95: tuple[float, float]
    """95% interval of the paired difference."""
    p: float
    """One-sided: of the exact McNemar test, or 1 / e of the e-process."""
    vetoes: tuple[Veto, ...]
    errors: int = 0
    """Items left out of `n` because the checker failed on either side."""
    of: int | None = None
    """Of the e-process, which may stop early: items of the whole set. None of the exact test, which asks all."""

    @model_serializer(mode="wrap")
    def _as_ever(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without `of` where all are asked: the ids of kept decisions stay what they were."""
        written = handler(self)
        if written.get("of", 0) is None:
            written.pop("of")
        return written

    @property
    def test(self) -> GateTest:
        """Which one it is."""
        return "exact" if self.of is None else "e_process"

    @property
    def asked(self) -> int:
        """Items that both were asked."""
        return self.n + self.errors


class Decision(Record):
    """The gate's word, or a ruling carried out. Recorded before the champion pointer moves."""

    id: str
    run: str
    cycle: int
    candidate: str
    champion: str
    verdict: Literal["promote", "keep", "reject", "await"]
    comparison: Comparison | None
    alpha: float
    reason: str
    kind: Change = "promotion"
    proposal: str = ""
    """Id of the proposal whose ruling this carries out; empty where the gate alone decides."""
    rehearsed: str = ""
    """Of a promotion: hash of what the champion says on the probe, as it also said when restored elsewhere."""
    attempts_sha256: tuple[str, ...] = ()
    """SHA-256 (hex) of the files with the champion's and the candidate's attempts, those at the gate set first, then
    those at what is asked beside it; empty where nobody was compared, and in decisions from before this was kept."""
