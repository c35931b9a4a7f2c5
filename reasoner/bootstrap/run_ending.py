"""What a run leaves when it stops: its last event, its reports, its lines in `results.tsv`, its outcome."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from memory.store.ledger import CallLedger
from reasoner.config.resolved import config_hash
from reasoner.types.loop import CycleRow, LoopOutcome

if TYPE_CHECKING:
    from agents.parts import Parts


def tell_done(parts: "Parts", state: dict[str, Any]) -> None:
    """The event `done` of a run whose cycles are all there."""
    spent = CallLedger(parts.database, parts.run).spent()
    parts.events.write(
        f"done/{state['cycle']}",
        "done",
        cycles=state["cycle"],
        champion=state["champion"],
        fingerprint=parts.checkpoints.get(state["champion"]).fingerprint,
        sealed=_sealed_gain(parts),
        teacher_calls=spent.calls,
        teacher_requests=spent.requests,
        cached=spent.cached,
        usd=round(spent.usd, 9),
        seconds=round(parts.clock.seconds, 1),
    )


def _sealed_gain(parts: "Parts") -> dict[str, Any]:
    """First against last champion on the sealed set, item by item."""
    from agents.reporting.events import of_kind, read_events
    from agents.run_folder import read_records
    from reasoner.evaluation.statistics import paired_gain
    from reasoner.types.problem import Attempt

    # Not the store's decisions: those of cycles that a fork shares are its parent's.
    decided = of_kind(read_events(parts.folder.root), "decision")
    promoted = [event["cycle"] for event in decided if event["verdict"] == "promote"]
    first = read_records(parts.folder.attempts(0, "sealed"), Attempt)
    last = read_records(parts.folder.attempts(max(promoted, default=0), "sealed"), Attempt)
    judged = [(a.correct, b.correct) for a, b in zip(first, last, strict=True) if "error" not in (a.outcome, b.outcome)]
    wins, losses = sum(b > a for a, b in judged), sum(a > b for a, b in judged)
    gain, ci95 = paired_gain(wins, losses, len(judged))
    before, after = (sum(pair[i] for pair in judged) / len(judged) for i in (0, 1))
    return {
        "first": before,
        "last": after,
        "gain": gain,
        "ci95": ci95,
        "n": len(judged),
        "wins": wins,
        "losses": losses,
    }


def write_reports(parts: "Parts") -> None:
    """Report, plot and page as they stand, and a line for each cycle that has ended; none before a first figure."""
    from agents.nodes.report import sources_of
    from agents.reporting.events import read_events
    from agents.reporting.markdown import write_report
    from agents.reporting.page.page import write_page
    from agents.reporting.plot import plot_accuracy
    from agents.reporting.results import append_results
    from agents.reporting.summary import cycle_rows, summarise

    events = read_events(parts.folder.root)
    summary = summarise(events)
    if not summary.measured:
        return
    plot_accuracy(parts.folder.root, events)
    write_report(parts.folder.root, events)
    write_page(sources_of(parts))
    shared = parts.inheritance.cycle if parts.inheritance else 0  # cycles before it stand there as the parent's
    # Lines are never changed: a cycle that waits for a ruling is written once it has ended.
    cycles = zip(cycle_rows(summary), summary.cycles, strict=True)
    ended = [(row, c.champion) for row, c in cycles if c.cycle >= shared and row.verdict != "await"]
    append_results(
        parts.home / "runs" / "results.tsv",
        [row for row, _ in ended],
        run=parts.run,
        config_hash=config_hash(parts.settings),
        seed=parts.settings.seed,
        champions=[champion for _, champion in ended],
    )


def outcome_of(
    folder: Path, run: str, *, cycles: int, finished_before: bool = False, budget: bool = False, awaiting: str = ""
) -> LoopOutcome:
    """What is told of a run, read from its folder."""
    from agents.reporting.events import read_events
    from agents.reporting.nothing_learnt import nothing_learnt
    from agents.reporting.summary import cycle_rows, summarise

    summary = summarise(read_events(folder))
    table: tuple[CycleRow, ...] = tuple(cycle_rows(summary))
    return LoopOutcome(
        run=run,
        cycles=cycles,
        promotions=len(summary.promotions),
        champion=summary.cycles[-1].champion if summary.cycles else "",
        finished_before=finished_before,
        budget_reached=budget,
        learnt_nothing=tuple(cycle.cycle for cycle in nothing_learnt(summary)),
        awaiting=awaiting,
        table=table,
        report=folder / "report.md",
    )


def cycles_done_of(parts: "Parts") -> int:
    """Cycles that have ended, over all starts."""
    from agents.reporting.events import of_kind, read_events

    ended = of_kind(read_events(parts.folder.root), "cycle")
    return max((e["cycle"] for e in ended), default=0)
