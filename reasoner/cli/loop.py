"""`reasoner loop`: improvement cycles, continued where they were left."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import interruption, options

if TYPE_CHECKING:
    from reasoner.cli.voice import Voice
    from reasoner.config.settings import Settings
    from reasoner.types.loop import LoopOutcome

app = typer.Typer(add_completion=False)

Cycles = Annotated[int, typer.Option("--cycles", min=1, help="Cycles in all; a longer run goes on from a shorter one.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Start a new run although one with this configuration exists.")]
Require = Annotated[bool, typer.Option("--require-promotion", help="End with 4 if nothing was promoted.")]


@app.command(epilog="Example: [bold]reasoner loop --cycles 5 --config nano teacher.calls=60[/bold]")
def loop(
    overrides: options.Overrides = None,
    cycles: Cycles = 5,
    config: options.Config = None,
    home: options.Home = None,
    fresh: Fresh = False,
    require_promotion: Require = False,
    task: options.Task = None,
    student: options.StudentName = None,
    teacher: options.TeacherModel = None,
    seed: options.Seed = None,
    max_usd: options.MaxUsd = None,
    max_calls: options.MaxCalls = None,
    max_minutes: options.MaxMinutes = None,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Run improvement cycles: find failures, be taught, fine-tune, promote only what is proved better.

    The same command again continues; if the run has finished, it says so and does nothing.
    """
    from reasoner.cli.voice import Voice

    limits = {"max_usd": max_usd, "max_calls": max_calls, "max_minutes": max_minutes}
    words = {"task": task, "student": student, "teacher": teacher}
    settings = options.settings_of(config, overrides, **words, seed=seed, **limits)
    voice, folder = Voice(as_json=json, quiet=quiet), options.home_of(home)
    if dry_run:
        _show_plan(voice, settings, folder, cycles)
        return
    from reasoner import bootstrap

    outcome = watched(
        voice,
        cycles,
        lambda listen, progress: bootstrap.run_loop(
            settings, home=folder, cycles=cycles, fresh=fresh, listener=listen, progress=progress
        ),
    )
    show_outcome(voice, outcome)
    raise typer.Exit(exit_code(outcome, require_promotion=require_promotion))


def exit_code(outcome: "LoopOutcome", *, require_promotion: bool) -> int:
    """What the shell is told."""
    from reasoner import errors

    if outcome.budget_reached:
        return errors.EXIT_BUDGET
    if outcome.awaiting or (outcome.table and outcome.table[-1].verdict == "await"):
        return errors.EXIT_AWAITING_APPROVAL
    if require_promotion and not outcome.promotions:
        return errors.EXIT_NOTHING_PROMOTED
    if outcome.learnt_nothing and not outcome.promotions:
        return errors.EXIT_FAILED
    return errors.EXIT_OK


def watched(voice: "Voice", cycles: int, work: Callable[[Callable, Callable], "LoopOutcome"]) -> "LoopOutcome":
    """Lets a run work, tells its events and shows how far it is.

    Args:
        voice: of the command.
        cycles: that are to be done in all.
        work: given who listens to events and who watches progress.
    """
    from reasoner.bootstrap.run_events import line_of, repeated
    from reasoner.cli.progress import view_for
    from reasoner.types.trace import TraceEvent

    heard: list[str] = []
    interruption.saves()

    def listen(event: TraceEvent) -> None:
        heard.append("await" if event.body.get("verdict") == "await" else event.event)
        line = line_of(event)
        voice.record(line.pop("event"), {key: value for key, value in line.items() if key != "run"}, run=line["run"])
        view.event(event)

    with view_for(voice, cycles) as view:
        outcome = work(listen, view.progress)
    if (again := repeated(outcome, heard)) is not None:
        told = {key: value for key, value in again.items() if key not in ("event", "run", "key", "time")}
        voice.record(again["event"], told, run=outcome.run)
    return outcome


def show_outcome(voice: "Voice", outcome: "LoopOutcome") -> None:
    """The end of a run: how it ended, its cycles, its gain, its report."""
    from agents.reporting.events import of_kind, read_events
    from agents.reporting.figures import interval, percent, points
    from agents.reporting.markdown import why_nothing
    from agents.reporting.nothing_learnt import lines_of, nothing_learnt, record_of
    from agents.reporting.summary import summarise
    from reasoner.cli.tables import coverage_line, cycles_table, ending

    events = read_events(outcome.report.parent)
    summary = summarise(events)
    voice.show(ending(outcome))
    if outcome.budget_reached:
        voice.show(f"limit: {(of_kind(events, 'limit') or [{}])[-1].get('reason', 'reached')}")
    voice.show("")
    voice.show(cycles_table(outcome.table))
    if gain := summary.gain:
        change = (
            f"{percent(gain.first)} to {percent(gain.last)}, {points(gain.gain)}, 95% interval {interval(gain.ci95)}"
        )
        voice.show(f"sealed set, first to last: {change}")
    if covered := coverage_line(outcome.table):
        voice.show(covered)
    if outcome.awaiting:
        _show_wait(voice, outcome.awaiting)
    elif not outcome.promotions:
        voice.show(f"Nothing promoted, because {why_nothing(summary)}")
    for cycle in nothing_learnt(summary):
        voice.record("nothing_learnt", record_of(cycle), run=outcome.run)
        for line in lines_of(cycle):
            voice.show(line)
    voice.show(f"report: {outcome.report}")
    if (page := outcome.report.with_suffix(".html")).is_file():
        voice.show(f"page: {page}")


def _show_wait(voice: "Voice", proposal: str) -> None:
    """What to type."""
    voice.show(f"waiting for your yes or no to proposal {proposal}:")
    for command in ("show {}", "approve {}", "deny {} --reason '...'"):
        voice.show(f"    reasoner proposals {command.format(proposal)}")
    voice.show("then the same command again; it goes on from here")


def _show_plan(voice: "Voice", settings: "Settings", home: Path, cycles: int) -> None:
    from reasoner import bootstrap

    plan = bootstrap.plan_loop(settings, home=home, cycles=cycles)
    voice.record("plan", plan.record)
    for line in plan.lines:
        voice.show(line)
