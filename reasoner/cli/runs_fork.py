"""`reasoner runs fork` and `diff`: what if, and what came of it."""

from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options
from reasoner.cli.ids import full_run
from reasoner.cli.runs import RunId

if TYPE_CHECKING:
    from reasoner.bootstrap.forking import ForkPlan
    from reasoner.bootstrap.run_diff import RunDiff
    from reasoner.cli.voice import Voice

app = typer.Typer(add_completion=False)

FromNode = Annotated[str, typer.Option("--from", metavar="NODE", help="First node that is worked on anew.")]
FromCycle = Annotated[int, typer.Option("--cycle", min=1, help="Of which cycle.")]
InAll = Annotated[
    int | None,
    typer.Option("--cycles", min=1, help="Cycles in all; as many as the run has done by default.", show_default=False),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Make another fork although there is one like it.")]
SHOWN = 20
"""Flipped items of each kind that are listed."""


@app.command(
    "fork",
    epilog="Example: [bold]reasoner runs fork 20261122-0915-math-nano-k3f9 --from teach --cycle 2 "
    "teacher.model=gpt-4o-mini[/bold]",
)
def fork_run(
    run: RunId,
    node: FromNode,
    cycle: FromCycle,
    overrides: options.Overrides = None,
    cycles: InAll = None,
    fresh: Fresh = False,
    home: options.Home = None,
    max_usd: options.MaxUsd = None,
    max_calls: options.MaxCalls = None,
    max_minutes: options.MaxMinutes = None,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Ask what if: a new run that shares everything before a node of a cycle, and differs from there on.

    Evaluations and paid calls before that point are taken over. The same command again continues.
    """
    from reasoner import bootstrap
    from reasoner.cli.loop import exit_code, show_outcome, watched
    from reasoner.cli.voice import Voice

    voice, folder, words = Voice(as_json=json, quiet=quiet), options.home_of(home), overrides or []
    run = full_run(folder, run)
    plan = bootstrap.plan_fork(folder, run, node=node, cycle=cycle, overrides=words, cycles=cycles)
    _tell_plan(voice, plan, run, dry_run=dry_run)
    if dry_run:
        return
    limits = {"limits.max_usd": max_usd, "limits.max_calls": max_calls, "limits.max_minutes": max_minutes}
    outcome = watched(
        voice,
        plan.cycles,
        lambda listen, progress: bootstrap.fork_run(
            folder,
            run,
            node=node,
            cycle=cycle,
            overrides=words,
            cycles=cycles,
            fresh=fresh,
            limits=limits,
            listener=listen,
            progress=progress,
        ),
    )
    show_outcome(voice, outcome)
    voice.show(f"beside its parent: reasoner runs diff {run} {outcome.run}")
    raise typer.Exit(exit_code(outcome, require_promotion=False))


@app.command("diff", epilog="Example: [bold]reasoner runs diff RUN OTHER --json[/bold]")
def diff_runs(
    run: RunId,
    other: RunId,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Compare two runs: settings, decisions, sealed items that one solves and the other does not, and cost."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    voice, folder = Voice(as_json=json, quiet=quiet), options.home_of(home)
    run, other = full_run(folder, run), full_run(folder, other)
    found = bootstrap.diff_runs(folder, run, other)
    voice.record("diff", found.model_dump(mode="json", exclude={"run"}), run=run)
    _show_diff(voice, found)


def _tell_plan(voice: "Voice", plan: "ForkPlan", run: str, *, dry_run: bool) -> None:
    if dry_run:
        voice.record("plan", plan.model_dump(mode="json"), run=run)
    tell = voice.show if dry_run else voice.say
    changed = ", ".join(f"{key}={value}" for key, value in plan.changes.items()) or "nothing: a replay"
    tell(f"fork of {run} before {plan.node} of cycle {plan.cycle}, {plan.cycles} cycles in all; changed: {changed}")
    if plan.moves_home:
        tell(f"its champion there, {plan.champion}, is the home's: a promotion is one of the home, as in any loop")
    else:
        tell(f"its champion there, {plan.champion}, is not the home's: the home keeps its champion whatever comes")


def _show_diff(voice: "Voice", found: "RunDiff") -> None:
    from agents.reporting.figures import dollars, duration, interval, points, probability
    from reasoner.cli.voice import plain_table

    a, b = found.sides
    if found.forked:
        voice.show(f"{found.forked}\n")
    table = plain_table("", a.run, b.run)
    for key, (left, right) in found.settings.items():
        table.add_row(key, str(left), str(right))
    for cycle, (left, right) in found.verdicts.items():
        table.add_row(f"cycle {cycle}", left, right)
    table.add_row("champion", a.champion, b.champion)
    table.add_row("fingerprint", a.fingerprint, b.fingerprint)
    table.add_row("teacher calls", f"{a.calls} paid, {a.cached} cached", f"{b.calls} paid, {b.cached} cached")
    table.add_row("dollars", dollars(a.usd), dollars(b.usd))
    table.add_row("time", duration(a.seconds), duration(b.seconds))
    voice.show(table)
    for line in found.missing:
        voice.show(f"\nnote: {line}")
    same = "the same champion to the bit" if a.fingerprint and a.fingerprint == b.fingerprint else "other champions"
    voice.show(f"\n{same}")
    if not found.n:
        voice.show("their sealed sets have no item in common: nothing can be compared in pairs")
        return
    voice.show(
        f"sealed set, {found.n} items of both: {len(found.fixed)} that only {b.run} solves, {len(found.broken)} that "
        f"only {a.run} solves; {points(found.gain)}, 95% interval {interval(found.ci95)}, two-sided exact McNemar "
        f"p={probability(found.p)}"
    )
    for title, ids in ((f"only {b.run} solves", found.fixed), (f"only {a.run} solves", found.broken)):
        if ids:
            more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
            voice.show(f"{title}: {', '.join(ids[:SHOWN])}{more}")
