"""What each promotion promised at the gate, and what it kept on the sealed set, which decides nothing."""

from collections.abc import Iterator
from math import hypot
from pathlib import Path

from agents.reporting.events import of_kind, read_events
from agents.run_folder import RunFolder, read_records
from memory.store.database import Database
from memory.store.decisions import DecisionStore
from memory.store.runs import RunStore
from reasoner.config.settings import GateSettings
from reasoner.evaluation.comparison import compare
from reasoner.types.problem import Attempt
from reasoner.types.record import Record
from reasoner.types.report import Comparison, Decision


class Promise(Record):
    """One promotion."""

    run: str
    cycle: int
    checkpoint: str
    former: str
    predicted: float
    """Gain on the gate set of its cycle."""
    predicted_ci95: tuple[float, float]
    realised: float
    """Gain over the same former champion on the sealed set."""
    realised_ci95: tuple[float, float]

    @property
    def kept(self) -> bool:
        """Whether the two gains differ by no more than their intervals allow."""
        allowed = hypot(_half(self.predicted_ci95), _half(self.realised_ci95))
        return abs(self.predicted - self.realised) <= allowed


def track_record(database: Database, home: Path) -> list[Promise]:
    """Every promotion of a home whose sealed attempts are still there, oldest first."""
    return [
        promise for row in RunStore(database).list() for promise in _of_run(database, RunFolder(home, row.id), row.id)
    ]


def _of_run(database: Database, folder: RunFolder, run: str) -> Iterator[Promise]:
    before = _former(folder)
    for decision in DecisionStore(database).for_run(run):
        if decision.verdict != "promote" or decision.comparison is None:
            continue
        first, then = (folder.attempts(cycle, "sealed") for cycle in (before, decision.cycle))
        if decision.kind == "promotion" and first.is_file() and then.is_file():
            sealed = compare(read_records(first, Attempt), read_records(then, Attempt), GateSettings())
            yield _promise(decision, decision.comparison, sealed)
        before = decision.cycle


def _former(folder: RunFolder) -> int:
    """The cycle whose sealed attempts are those of the run's own first champion: in a fork, one that it shares."""
    if not folder.fork.is_file():
        return 0
    events = read_events(folder.root)
    begins = of_kind(events, "fork")[0]["from_cycle"]
    promoted = [e["cycle"] for e in of_kind(events, "decision") if e["verdict"] == "promote" and e["cycle"] < begins]
    return max(promoted, default=0)


def _promise(decision: Decision, gate: Comparison, sealed: Comparison) -> Promise:
    return Promise(
        run=decision.run,
        cycle=decision.cycle,
        checkpoint=decision.candidate,
        former=decision.champion,
        predicted=gate.gain,
        predicted_ci95=gate.ci95,
        realised=sealed.gain,
        realised_ci95=sealed.ci95,
    )


def _half(interval: tuple[float, float]) -> float:
    return (interval[1] - interval[0]) / 2
