"""The tables that commands end with."""

from collections.abc import Collection, Sequence

from rich.table import Table
from rich.text import Text

from agents.reporting.figures import dollars, duration, interval, percent, points, probability, rate
from agents.reporting.overview import Overview
from reasoner.cli.voice import plain_table
from reasoner.types.benchmark_report import BenchmarkRun
from reasoner.types.loop import CycleRow, LoopOutcome
from reasoner.types.report import EvalReport, Rate
from reasoner.types.search import SearchTable
from reasoner.types.verifier import ScoredSolutions, VerifierReport


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


def runs_table(runs: Sequence[Overview], *, aside: Collection[str]) -> Table:
    """Runs at a glance; a champion that the run itself made is called by its cycle."""
    numbers = ("cycles", "dollars", "time")
    table = plain_table("run", "state", "cycles", "champion", "sealed gain", "dollars", "time", right=numbers)
    for run in runs:
        state = f"{run.state}, set aside" if run.run in aside else run.state
        own = run.champion.removeprefix(f"{run.run}-")
        gain = "-" if run.gain is None or run.ci95 is None else f"{points(run.gain)} {interval(run.ci95)}"
        colour = {"killed": "red", "failed": "red", "running": "cyan"}.get(run.state, "")
        table.add_row(
            run.run,
            Text(state, style=colour),
            str(run.cycles),
            own or "-",
            gain,
            dollars(run.usd),
            duration(run.seconds),
        )
    return table


def coverage_line(rows: tuple[CycleRow, ...]) -> str:
    """Coverage by cycle; empty where it was not measured."""
    measured = [f"{percent(row.covered)} (cycle {row.cycle})" for row in rows if row.covered is not None]
    return f"practice questions covered by examples: {', '.join(measured)}" if measured else ""


def evaluation_table(report: EvalReport) -> Table:
    """An evaluation: overall, by skill, by number of steps."""
    table = plain_table("", "accuracy", "right", "of", right=("right", "of"))
    _add(table, "all", report.overall)
    for skill, value in sorted(report.by_skill.items()):
        _add(table, skill, value)
    for steps, value in sorted(report.by_difficulty.items()):
        _add(table, f"{steps} {'step' if steps == '1' else 'steps'}", value)
    if lucky := report.right_with_false_steps:
        table.add_row("right over a false step", "-", str(lucky), str(report.overall.right))
    return table


def benchmark_table(run: BenchmarkRun) -> Table:
    """Every metric of every benchmark; a benchmark's name stands at its first."""
    numbers = ("n", "chance", "majority", "errors")
    table = plain_table("benchmark", "metric", "filter", "value", *numbers, right=numbers)
    for report in run.reports:
        for i, one in enumerate(report.measures):
            table.add_row(
                "" if i else report.name,
                one.metric,
                "-" if one.filter == "none" else one.filter,
                f"{percent(one.value)} {interval(one.ci95)}",
                str(one.n),
                percent(one.chance),
                percent(one.majority),
                str(one.errors),
            )
    return table


def search_table(compared: SearchTable) -> Table:
    """Ways of searching beside greedy."""
    numbers = ("gain", "wins/losses", "p", "oracle", "decodes", "seconds")
    table = plain_table("search", "accuracy", *numbers, "below greedy in", right=numbers)
    for row in compared.rows:
        first = row is compared.rows[0]
        table.add_row(
            row.name,
            rate(row.overall),
            "-" if first else f"{100 * row.gain:+.1f} [{100 * row.ci95[0]:+.1f}, {100 * row.ci95[1]:+.1f}]",
            "-" if first else f"{row.wins}/{row.losses}",
            "-" if first else probability(row.p),
            f"{row.oracle:.1%}",
            f"{row.decodes:.1f}",
            f"{row.seconds:.1f}",
            "-" if first else ", ".join(row.worse) or "nothing",
        )
    return table


def ending(outcome: LoopOutcome) -> str:
    """How the loop ended, in one line."""
    if outcome.finished_before:
        done = f"run {outcome.run} has finished its {outcome.cycles} cycles already"
        return f"{done}; nothing was done. --fresh starts another."
    # A cycle that waits for a ruling, or that a limit broke off, may have had its candidate.
    tried = max(outcome.cycles, *(row.cycle for row in outcome.table), 0)
    promoted = f"{outcome.promotions} of {tried} candidates promoted" if outcome.promotions else "nothing promoted"
    budget = "; a limit was reached" if outcome.budget_reached else ""
    waits = "; waiting for approval" if outcome.awaiting else ""
    return f"run {outcome.run}: {promoted}; champion {outcome.champion}{budget}{waits}"


def _add(table: Table, name: str, value: Rate) -> None:
    table.add_row(name, rate(value), str(value.right), str(value.n))


def verifier_table(report: VerifierReport) -> Table:
    """Judges of steps on held-out problems, over all and by the number of steps before."""
    numbers = ("steps before", "steps judged", "right", "AUC", "calibration error")
    table = plain_table("judge", *numbers, right=numbers)
    for row in report.quality:
        whole = row.depth is None
        table.add_row(
            row.name if whole else "",
            "all" if whole else str(row.depth),
            str(row.n),
            f"{row.right / row.n:.1%}" if row.n else "-",
            "-" if row.auc is None else f"{row.auc:.3f}",
            f"{row.calibration_error:.3f}",
            style="" if whole else "dim",
        )
    return table


def ranking_table(found: ScoredSolutions) -> Table:
    """What ranking wins between any solution and a right one wherever there is one."""
    table = plain_table("", "accuracy", "right", "of", right=("right", "of"))
    for name, value in (("any solution", found.single), ("best ranked", found.best), ("oracle", found.oracle)):
        _add(table, name, value)
    return table
