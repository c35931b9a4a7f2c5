"""The tables that commands end with."""

from rich.table import Table

from agents.reporting.figures import probability, rate
from reasoner.cli.voice import plain_table
from reasoner.types.loop import CycleRow, LoopOutcome
from reasoner.types.report import EvalReport, Rate


def cycles_table(rows: tuple[CycleRow, ...]) -> Table:
    """The end table of a loop."""
    numbers = ("cycle", "wins/losses", "p", "alpha", "calls", "seconds")
    table = plain_table(
        "cycle", "verdict", "sealed accuracy", "wins/losses", "p", "alpha", "calls", "seconds", right=numbers
    )
    for row in rows:
        style = "bold green" if row.verdict == "promote" else ""
        compared = "-" if row.wins is None else f"{row.wins}/{row.losses}"
        table.add_row(
            str(row.cycle),
            row.verdict,
            rate(row.sealed) if row.sealed else "-",
            compared,
            probability(row.p),
            probability(row.alpha),
            str(row.teacher_calls),
            f"{row.seconds:.1f}",
            style=style,
        )
    return table


def evaluation_table(report: EvalReport) -> Table:
    """An evaluation: overall, by skill, by number of steps."""
    table = plain_table("", "accuracy", "right", "of", right=("right", "of"))
    _add(table, "all", report.overall)
    for skill, value in sorted(report.by_skill.items()):
        _add(table, skill, value)
    for steps, value in sorted(report.by_difficulty.items()):
        _add(table, f"{steps} {'step' if steps == '1' else 'steps'}", value)
    return table


def ending(outcome: LoopOutcome) -> str:
    """How the loop ended, in one line."""
    if outcome.finished_before:
        done = f"run {outcome.run} has finished its {outcome.cycles} cycles already"
        return f"{done}; nothing was done. --fresh starts another."
    promoted = (
        f"{outcome.promotions} of {outcome.cycles} candidates promoted" if outcome.promotions else "nothing promoted"
    )
    budget = "; a limit was reached" if outcome.budget_reached else ""
    return f"run {outcome.run}: {promoted}; champion {outcome.champion}{budget}"


def _add(table: Table, name: str, value: Rate) -> None:
    table.add_row(name, rate(value), str(value.right), str(value.n))
