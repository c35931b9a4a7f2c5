"""`reasoner schedule`: nights that begin by themselves."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reasoner.cli import interruption, options
from reasoner.errors import EXIT_AWAITING_APPROVAL, EXIT_FAILED

if TYPE_CHECKING:
    from memory.store.database import Database
    from reasoner.types.schedule import Schedule

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Nightly runs: add, list, show and remove them; run one now."
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The schedule's name.", show_default=False)]


def _machine_zone() -> str:
    place = Path("/etc/localtime").resolve()
    return str(place).partition("zoneinfo/")[2] or "UTC"


@app.command("add", epilog='Example: [bold]reasoner schedule add nightly --cron "0 2 * * *" --config nano[/bold]')
def add(
    name: Name,
    overrides: options.Overrides = None,
    cron: Annotated[str, typer.Option("--cron", help="Minute, hour, day of month, month, day of week.")] = "0 2 * * *",
    timezone: Annotated[str | None, typer.Option("--timezone", help="Such as Europe/Berlin; the machine's.")] = None,
    config: options.Config = None,
    cycles: Annotated[int, typer.Option("--cycles", min=1, help="Cycles of one run, over as many nights.")] = 5,
    window: Annotated[float | None, typer.Option("--window", min=0, help="Minutes after which a night stops.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="HH:MM", help="When a night stops.")] = None,
    grace: Annotated[float, typer.Option("--grace", min=0, help="Hours within which a night is caught up.")] = 12.0,
    max_usd: options.MaxUsd = None,
    max_calls: options.MaxCalls = None,
    max_minutes: options.MaxMinutes = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Add a schedule. Limits hold for each night; the configuration is read anew at each firing."""
    from reasoner.bootstrap.schedules import add_schedule, schedule_of
    from reasoner.cli.voice import Voice

    is_file = config is not None and Path(config).is_file()
    made = schedule_of(
        name=name, cron=cron, timezone=timezone or _machine_zone(), cycles=cycles, window=window, until=until,
        config=str(Path(config).absolute()) if config is not None and is_file else config, config_hash="", grace=grace,
        overrides=tuple(overrides or ()), folder=str(Path.cwd()), max_usd=max_usd, max_calls=max_calls,
        max_minutes=max_minutes,
    )  # fmt: skip
    kept = add_schedule(made, home=options.home_of(home))
    voice = Voice(as_json=json, quiet=quiet)
    voice.record("schedule", kept.model_dump(mode="json"))
    voice.show(f"schedule {name}: next at {_next(kept)}; `reasoner scheduler` fires it")


@app.command("list", epilog="Example: [bold]reasoner schedule list --json[/bold]")
def list_schedules(
    home: options.Home = None, json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False
) -> None:
    """List schedules: when they fire next, how many nights they missed, and what is wrong with them now."""
    from jobs.firing import fault_of
    from memory.store.schedules import ScheduleStore
    from reasoner.cli.store import opened
    from reasoner.cli.voice import Voice, plain_table

    voice = Voice(as_json=json, quiet=quiet)
    table = plain_table("schedule", "cron", "zone", "configuration", "hash", "next", "fired", "missed")
    faults = list[str]()
    with opened(options.home_of(home)) as database:
        store = ScheduleStore(database)
        for entry in store.entries():
            firings, one, fault = store.firings(entry.name), entry.schedule, fault_of(entry)
            missed, fired = sum(f.outcome == "missed" for f in firings), sum(f.job != "" for f in firings)
            body = {"next": _next(one), "fired": fired, "missed": missed, "fault": fault}
            voice.record("schedule", (one.model_dump(mode="json") if one else {"name": entry.name}) | body)
            words = (one.cron, one.timezone, one.config or "-", one.config_hash) if one else ("-",) * 4
            table.add_row(entry.name, *words, body["next"], str(fired), str(missed))
            faults += [f"{entry.name}: {fault}"] if fault else []
    voice.show(table)
    for line in faults:
        voice.show(f"\n{line}")


@app.command("show", epilog="Example: [bold]reasoner schedule show nightly[/bold]")
def show(
    name: Name,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """The morning page: the last firings, what became of them, what they gained and cost, and what waits for you."""
    from jobs.firing import awaited, fault_of
    from memory.store.schedules import ScheduleStore
    from reasoner.cli.store import opened
    from reasoner.cli.voice import Voice, plain_table

    voice = Voice(as_json=json, quiet=quiet)
    table = plain_table("scheduled", "outcome", "night", "run", "cycles", "gain", "usd", "note")
    with opened(options.home_of(home)) as database:
        store = ScheduleStore(database)
        entry = store.entry(name)
        one, fault = entry.schedule, fault_of(entry)
        about = {"next": _next(one), "fault": fault}
        voice.record("schedule", (one.model_dump(mode="json") if one else {"name": name}) | about)
        for firing in store.firings(name)[-20:]:
            told = _night(database, firing.job)
            voice.record("firing", {**firing.model_dump(mode="json"), "night": told}, run=str(told.get("run", "")))
            note = firing.note or str(told.get("error", "")) or _barren(told)
            table.add_row(firing.scheduled, firing.outcome, *_cells(told), note)
        proposal = awaited(database, name)
    if fault:
        voice.record("fault", {"name": name, "fault": fault})
    when = f": {one.cron} {one.timezone}, next at {_next(one)}" if one else ""
    voice.show(f"{name}{when}\n")
    voice.show(table)
    if fault:
        voice.show(f"\nit cannot run: {fault}")
    if proposal:
        voice.show(f"\nit waits for your yes or no: reasoner proposals show {proposal}")


@app.command("remove", epilog="Example: [bold]reasoner schedule remove nightly[/bold]")
def remove(
    name: Name,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Remove a schedule. What it has fired stays; a night that is under way goes on."""
    from memory.store.schedules import ScheduleStore
    from reasoner.cli.store import opened
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)
    with opened(options.home_of(home)) as database:
        ScheduleStore(database).remove(name)
    voice.record("removed", {"name": name})
    voice.show(f"schedule {name} is removed")


@app.command("run", epilog="Example: [bold]reasoner schedule run nightly[/bold]")
def run(
    name: Name,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Fire a schedule now, once, and wait for its night."""
    from reasoner.bootstrap.schedules import run_schedule
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)
    interruption.saves()
    firing, job = run_schedule(
        name, home=options.home_of(home), progress=lambda share, note: voice.say(f"{share:4.0%} {note}")
    )
    body = {**firing.model_dump(mode="json"), "night": {"state": job.state, **job.result}}
    voice.record("firing", body, run=job.result["run"])
    voice.show(f"night of {name}: {job.result['stopped']}, run {job.result['run']}, {job.result['cycles']} cycles")
    voice.show(f"report: {job.result['report'] or 'none yet'}")
    if barren := _barren(job.result):
        voice.show(barren)
    if proposal := job.result.get("proposal"):
        voice.show(f"reasoner proposals show {proposal}")
        raise typer.Exit(EXIT_AWAITING_APPROVAL)
    if barren and not job.result["promotions"]:
        raise typer.Exit(EXIT_FAILED)


def _night(database: "Database", job: str) -> dict[str, Any]:
    from memory.store.jobs import JobStore

    if not job:
        return {}
    found = JobStore(database).get(job)
    return {"state": found.state, "error": found.error, **found.result}


def _barren(told: dict[str, Any]) -> str:
    """Which cycles of a night learnt nothing from their teacher, and where it is said why; empty for none."""
    cycles = told.get("learnt_nothing") or []
    if not cycles:
        return ""
    which = "cycle" if len(cycles) == 1 else "cycles"
    return f"{which} {', '.join(map(str, cycles))} learnt nothing: `reasoner runs show {told['run']}` says why"


def _cells(told: dict[str, Any]) -> tuple[str, ...]:
    gain, ci95 = told.get("gain"), told.get("ci95")
    shown = f"{100 * gain:+.1f} [{100 * ci95[0]:+.1f}, {100 * ci95[1]:+.1f}]" if gain is not None and ci95 else "-"
    words = (told.get("stopped") or told.get("state"), told.get("run"), told.get("cycles"))
    return (*(str(word) if word not in (None, "") else "-" for word in words), shown, f"{told.get('usd', 0.0):.4f}")


def _next(one: "Schedule | None") -> str:
    from jobs.scheduler import find_zone, next_moment
    from reasoner.errors import UsageError

    try:
        found = next_moment(one.cron, one.timezone, datetime.now(UTC)) if one else None
    except UsageError:
        found = None  # the fault beside it says why
    return found.astimezone(find_zone(one.timezone)).isoformat(timespec="minutes") if one and found else "never"
