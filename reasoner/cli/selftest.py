"""`reasoner selftest`: the gate, crash safety, trust in stored data and graders, themselves put to the test."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from reasoner.cli import options, selftest_data, selftest_graders

if TYPE_CHECKING:
    from reasoner.bootstrap.crash_selftest import CrashSelftest
    from reasoner.bootstrap.leak_selftest import LeakSelftest
    from reasoner.bootstrap.selftest import GateSelftest
    from reasoner.cli.voice import Voice
    from reasoner.types.report import Rate

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Put the project's own safeguards to the test.")
app.add_typer(selftest_data.app)
app.add_typer(selftest_graders.app)


@app.callback()
def group() -> None:
    """Put the project's own safeguards to the test."""


@app.command(
    "gate",
    epilog="Example: [bold]reasoner selftest gate[/bold]; [bold]reasoner selftest gate --horizons 200 --json[/bold]",
)
def gate(
    overrides: options.Overrides = None,
    horizons: Annotated[int, typer.Option("--horizons", min=10, help="Simulated runs.")] = 1000,
    cycles: Annotated[int, typer.Option("--cycles", min=1, help="Of each run.")] = 30,
    items: Annotated[int, typer.Option("--items", min=20, help="Of each cycle's gate set.")] = 600,
    config: options.Config = None,
    seed: options.Seed = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Measure how often the gate errs: champions against themselves over whole runs, sabotaged candidates, candidates
    that lose a skill, true gains, and leaked answers. Ends with 1 if a bar is missed."""
    from reasoner import bootstrap
    from reasoner.cli.progress import view_for
    from reasoner.cli.voice import Voice
    from reasoner.types.loop import Progress

    voice, settings = Voice(as_json=json, quiet=quiet), options.settings_of(config, overrides, seed=seed)
    with view_for(voice, cycles=1) as view:

        def watch(share: float, note: str) -> None:
            view.progress(Progress(cycle=0, node="selftest", done=round(100 * share), total=100, note=note))

        found = bootstrap.selftest_gate(settings, horizons=horizons, cycles=cycles, items=items, watch=watch)
    voice.record("selftest", _told(found))
    _show(voice, found)
    if not found.passed:
        raise typer.Exit(1)


@app.command(
    "crash",
    epilog="Example: [bold]reasoner selftest crash[/bold]; [bold]reasoner selftest crash --random 20 --json[/bold]",
)
def crash(
    overrides: options.Overrides = None,
    cycles: Annotated[int, typer.Option("--cycles", min=1, help="Of each run.")] = 1,
    random: Annotated[int, typer.Option("--random", min=0, help="Kills at random moments, in a run of its own.")] = 5,
    node: Annotated[
        list[str] | None, typer.Option("--node", help="Only at this node's boundaries; may be repeated.")
    ] = None,
    config: options.Config = "tiny",
    seed: options.Seed = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Kill a small loop (kill -9) at every node's boundaries and at random moments, run it again, and compare what
    comes of it with an undisturbed run: champion, checkpoints, paid calls, events, jobs. Two minutes or so, in a
    scratch folder. Ends with 1 if anything differs."""
    from reasoner import bootstrap
    from reasoner.bootstrap.crash_selftest import SMALL
    from reasoner.cli.progress import view_for
    from reasoner.cli.voice import Voice
    from reasoner.types.loop import Progress

    words = [*(SMALL if config == "tiny" else ()), *(overrides or [])]
    voice, settings = Voice(as_json=json, quiet=quiet), options.settings_of(config, words, seed=seed)
    with view_for(voice, cycles=1) as view:

        def watch(share: float, note: str) -> None:
            view.progress(Progress(cycle=0, node=f"selftest, {note}", done=round(100 * share), total=100))

        found = bootstrap.selftest_crash(settings, cycles=cycles, random_kills=random, nodes=node, watch=watch)
    rates = {"kills": found.kills, "same_rate": _same(found).accuracy, "paid_twice": found.paid_twice}
    voice.record("selftest", {"name": "crash", **rates, **found.model_dump(mode="json"), "passed": found.passed})
    _show_crash(voice, found)
    if not found.passed:
        raise typer.Exit(1)


@app.command(
    "leaks",
    epilog="Example: [bold]reasoner selftest leaks[/bold]; [bold]reasoner selftest leaks --size 500 --json[/bold]",
)
def leaks(
    overrides: options.Overrides = None,
    size: Annotated[
        int | None,
        typer.Option(
            "--size", min=10, help="Held-out questions, spread over all sets. Default: all.", show_default=False
        ),
    ] = None,
    config: options.Config = None,
    seed: options.Seed = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Put every sealed and gate question, those of future cycles too, in ten disguises to every door through which
    something comes to teach, and count what is taken; and how many new problems are refused wrongly. Ends with 1 if
    one is taken."""
    from reasoner import bootstrap
    from reasoner.cli.progress import view_for
    from reasoner.cli.voice import Voice
    from reasoner.types.loop import Progress

    voice, settings = Voice(as_json=json, quiet=quiet), options.settings_of(config, overrides, seed=seed)
    with view_for(voice, cycles=1) as view:

        def watch(share: float, note: str) -> None:
            view.progress(Progress(cycle=0, node="selftest", done=round(100 * share), total=100, note=note))

        found = bootstrap.selftest_leaks(settings, size=size, watch=watch)
    _show_leaks(voice, found)
    if not found.passed:
        raise typer.Exit(1)


def _show_leaks(voice: "Voice", found: "LeakSelftest") -> None:
    wrong = found.false_refusals
    told = {"false_refusals": wrong.accuracy, "ci95": wrong.ci95, "fresh": wrong.n, "passed": found.passed}
    voice.record("selftest", {"name": "leaks", **found.model_dump(mode="json"), **told})
    low, high = wrong.ci95
    voice.show(f"{found.questions} held-out questions, {found.tried} tries, {found.accepted} taken")
    for where, count in found.accepted_by.items():
        voice.show(f"  {where}: {count}")
    voice.show(
        f"refused wrongly: {wrong.right} of {wrong.n} new problems, {wrong.accuracy:.2%} [{low:.2%}, {high:.2%}]"
    )
    voice.show("nothing held out can teach" if found.passed else "a bar is missed")


def _same(found: "CrashSelftest") -> "Rate":
    from reasoner.evaluation.statistics import rate

    return rate(sum(run.same for run in found.runs), len(found.runs))


def _show_crash(voice: "Voice", found: "CrashSelftest") -> None:
    from reasoner.cli.voice import plain_table

    table = plain_table("killed at", "kills", "came to the same", right=("kills",))
    for run in found.runs:
        table.add_row(run.where, str(run.kills), "yes" if run.same else f"no: {run.difference}")
    voice.show(table)
    same = _same(found)
    calls = f"{len(found.undisturbed.calls)} teacher calls in each, {found.paid_twice} paid twice"
    voice.show(
        f"{found.kills} kills in {same.n} runs; {same.right} of {same.n} came to what the undisturbed run came to "
        f"({100 * same.ci95[0]:.0f}% at least, at 95%); {calls}"
    )
    voice.show("every run survived" if found.passed else "a run did not survive")


def _told(found: "GateSelftest") -> dict[str, Any]:
    whole = found.model_dump(mode="json")
    rates = {
        "aa_rate": found.false_promotion.accuracy,
        "bare_rate": found.bare_rule.accuracy,
        "sabotage_rejected": found.sabotage_refused.accuracy,
        "leak_flagged": found.leaks_refused.accuracy,
    }
    return {"name": "gate", **whole, **rates, "passed": found.passed}


def _show(voice: "Voice", found: "GateSelftest") -> None:
    from reasoner.cli.voice import plain_table

    table = plain_table("what", "of", "share", "95%", "bar", right=("of", "share"))
    rows: list[tuple[str, Rate, str]] = [
        (f"{found.cycles} cycles of equals: somebody was promoted", found.false_promotion, "at most 5%"),
        ("the same, had `solved more` been enough", found.bare_rule, ""),
        ("equals that a skill or difficulty vetoed", found.false_veto, ""),
        ("ten points worse: not promoted", found.sabotage_refused, "all"),
        ("better, but for one skill lost: not promoted", found.lost_skill_refused, "all"),
        *((f"{points} points better: promoted at once", r, "") for points, r in found.found.items()),
        ("reported questions in a lesson: refused", found.leaks_refused, "all"),
        ("practice questions in a lesson: accepted", found.let_in, ""),
    ]
    for name, share, bar in rows:
        low, high = share.ci95
        table.add_row(name, str(share.n), f"{share.accuracy:.1%}", f"{low:.1%} to {high:.1%}", bar)
    voice.show(table)
    voice.show("every bar is met" if found.passed else "a bar is missed")
