"""What a loop says of itself: while it goes (`Progress`) and when it ends (`LoopOutcome`)."""

from pathlib import Path

from reasoner.types.preflight import Look
from reasoner.types.record import Record
from reasoner.types.report import Rate


class Progress(Record):
    """How far the node at work is. Sent often, kept nowhere."""

    cycle: int
    node: str
    """Name of the graph node, such as `mine`; `base` while cycle 0's student is trained."""
    done: int
    total: int
    """In the node's own unit (problems, calls, updates); 0 where nobody can say."""
    note: str = ""
    """A few words for people, such as `loss 0.41`."""
    looks: tuple[Look, ...] = ()
    """Of the preflight: what was found before anything is paid; the event `preflight` says it again, with the rest."""


class CycleRow(Record):
    """One cycle in the end table. Cycle 0 is the base student, which no gate has met."""

    cycle: int
    verdict: str
    """The decision's verdict; `base` for cycle 0."""
    sealed: Rate | None
    """The champion after this cycle on the sealed set."""
    wins: int | None
    losses: int | None
    p: float | None
    """One-sided exact McNemar; None where nothing was compared."""
    alpha: float | None
    teacher_calls: int
    """Calls paid in this cycle; answers from the cache are not in it."""
    usd: float
    seconds: float
    covered: float | None = None
    """Share of the coverage probe's questions that have an example near them, 0 to 1; None for cycle 0."""


class LoopOutcome(Record):
    """The end of `reasoner loop`."""

    run: str
    cycles: int
    """Cycles that are finished, over all starts of this run."""
    promotions: int
    champion: str
    """Checkpoint id."""
    finished_before: bool
    """The run had ended already and nothing was done now."""
    budget_reached: bool
    learnt_nothing: tuple[int, ...] = ()
    """Cycles that asked the teacher and from which nothing at all was accepted."""
    awaiting: str = ""
    """Id of the proposal that the run waits for; empty for none."""
    table: tuple[CycleRow, ...]
    report: Path
    """`report.md` in the run's folder."""
