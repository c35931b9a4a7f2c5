"""`reasoner jobs`: work of child processes."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from reasoner.cli import interruption, options
from reasoner.cli.ids import SHORT, full_run_of

if TYPE_CHECKING:
    from reasoner.types.job import Job

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Work in child processes: add jobs, list them, show one, read its log, cancel it, work on those that wait.",
)
JobId = Annotated[
    str, typer.Argument(metavar="JOB", help=f"As `reasoner jobs list` shows it. {SHORT}", show_default=False)
]


@app.command("list", epilog="Example: [bold]reasoner jobs list --run latest[/bold]")
def list_jobs(
    run: Annotated[str | None, typer.Option("--run", help="Only of this run.", show_default=False)] = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """List jobs in the order in which they were filed."""
    from agents.reporting.figures import duration
    from memory.store.jobs import JobStore
    from reasoner.cli.store import opened
    from reasoner.cli.voice import Voice, plain_table

    voice = Voice(as_json=json, quiet=quiet)
    with opened(options.home_of(home)) as database:
        jobs = JobStore(database).list(f"{full_run_of(database, run)}/" if run else "")
    numbers = ("done", "attempts", "time", "priority")
    table = plain_table("job", "kind", "state", "done", "attempts", "time", "priority", "host", "key", right=numbers)
    for job in jobs:
        voice.record("job", _told(job), run=_run_of(job))
        progress, time = f"{job.progress:.0%}", duration(job.seconds)
        state = "stopping" if job.stop_asked and job.state == "running" else job.state
        few = (job.id, job.spec.kind, state, progress, str(job.attempts), time, str(job.spec.priority))
        table.add_row(*few, job.host or "-", job.spec.key)
    voice.show(table)


@app.command("show", epilog="Example: [bold]reasoner jobs show latest[/bold]")
def show_job(
    job: JobId,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show one job: what it was to do and what came of it."""
    from memory.store.ids import IdStore
    from memory.store.jobs import JobStore
    from reasoner.cli.store import opened
    from reasoner.cli.voice import Voice, plain_table

    voice, folder = Voice(as_json=json, quiet=quiet), options.home_of(home)
    with opened(folder) as database:
        found = JobStore(database).get(IdStore(database).full(job, "job"))
    voice.record("job", {**_told(found), "payload": found.spec.payload, "result": found.result}, run=_run_of(found))
    table = plain_table("", "")
    table.show_header = False
    for name, value in _told(found).items():
        table.add_row(name, _in_words(name, value))
    for name, value in found.result.items():
        table.add_row(f"result: {name}", _in_words(name, value))
    table.add_row("folder", str(folder / "jobs" / found.id))
    voice.show(table)


@app.command("logs", epilog="Example: [bold]reasoner jobs logs latest[/bold]")
def show_log(
    job: JobId,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Print what a job's process has written."""
    from memory.store.ids import IdStore
    from memory.store.jobs import JobStore
    from reasoner.cli.store import opened
    from reasoner.cli.voice import Voice

    voice, folder = Voice(as_json=json, quiet=quiet), options.home_of(home)
    with opened(folder) as database:
        found = JobStore(database).get(IdStore(database).full(job, "job"))
    path = folder / "jobs" / found.id / "log.txt"
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    voice.record("log", {"job": found.id, "text": text}, run=_run_of(found))
    voice.show(text.rstrip("\n") or f"job {found.id} has written nothing")


@app.command("cancel", epilog="Example: [bold]reasoner jobs cancel latest[/bold]")
def cancel_job(
    job: JobId,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Cancel a job that waits; ask one that is worked on to save its state and stop."""
    from memory.store.ids import IdStore
    from memory.store.jobs import JobStore
    from reasoner.cli.store import opened
    from reasoner.cli.voice import Voice
    from reasoner.config.places import who

    voice = Voice(as_json=json, quiet=quiet)
    with opened(options.home_of(home)) as database:
        found = JobStore(database).cancel(IdStore(database).full(job, "job"), by=who())
    voice.record("job", _told(found), run=_run_of(found))
    words = {
        "cancelled": "is cancelled; filed again it goes on from what was saved",
        "running": "was asked to save and stop; `reasoner jobs show` says when it has",
    }
    voice.show(f"job {found.id} {words.get(found.state, f'has {found.state} already; there is nothing to cancel')}")


@app.command(
    "add",
    epilog="Example: [bold]reasoner jobs add evaluate --config nano --split gate[/bold]; "
    "[bold]reasoner jobs add synthesize --config nano --count 5000[/bold]",
)
def add_job(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="evaluate or synthesize.", show_default=False)],
    overrides: options.Overrides = None,
    checkpoint: Annotated[
        str | None, typer.Option("--checkpoint", help="To evaluate; the home's champion.", show_default=False)
    ] = None,
    split: Annotated[str, typer.Option("--split", help="sealed, practice or gate.")] = "sealed",
    n: Annotated[int | None, typer.Option("--n", min=1, help="Only the first N problems.", show_default=False)] = None,
    count: Annotated[int, typer.Option("--count", min=1, help="Practice problems to synthesize.")] = 1000,
    priority: Annotated[int, typer.Option("--priority", help="Workers take the highest first.")] = 0,
    config: options.Config = None,
    home: options.Home = None,
    seed: options.Seed = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """File a job that nobody waits for; the same words again are the same job. `jobs work` does it."""
    from reasoner.bootstrap.filing import file_evaluation, file_synthesis
    from reasoner.cli.voice import Voice
    from reasoner.errors import UsageError

    settings, folder = options.settings_of(config, overrides, seed=seed), options.home_of(home)
    if kind == "evaluate":
        job = file_evaluation(settings, home=folder, checkpoint=checkpoint, split=split, n=n, priority=priority)
    elif kind == "synthesize":
        job = file_synthesis(settings, home=folder, count=count, priority=priority)
    else:
        raise UsageError(
            f"kind {kind!r}: expected evaluate or synthesize; the loop and `reasoner train` file the others"
        )
    voice = Voice(as_json=json, quiet=quiet)
    voice.record("job", _told(job), run=_run_of(job))
    voice.show(
        f"job {job.id} is {job.state}; `reasoner jobs work` does it, `reasoner jobs show {job.id}` has its result"
    )


@app.command(
    "work",
    epilog="Example: [bold]reasoner jobs work --until-empty[/bold]; [bold]reasoner jobs work --only finetune[/bold]",
)
def work_on_jobs(
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="KIND", help="Kinds to take; default: all.", show_default=False),
    ] = None,
    until_empty: Annotated[bool, typer.Option("--until-empty", help="End when nothing waits.")] = False,
    once: Annotated[bool, typer.Option("--once", help="End after one job.")] = False,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Work on the jobs that wait, highest priority first, each in a child process. Any number of workers may share a
    home; Ctrl-C saves the job in hand and puts it back."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice
    from reasoner.errors import UsageError
    from reasoner.types.job import KINDS

    if strange := sorted(set(only or []) - set(KINDS)):
        raise UsageError(f"--only {strange[0]!r}: expected one of {', '.join(KINDS)}")
    voice = Voice(as_json=json, quiet=quiet)

    def tell(job: "Job") -> None:
        voice.record("job", _told(job), run=_run_of(job))
        voice.say(f"{job.state}: {job.spec.kind} {job.id} ({job.spec.key})" + (f": {job.error}" if job.error else ""))

    interruption.saves()
    done = bootstrap.work_jobs(
        options.home_of(home), only=only or (), until_empty=until_empty, most=1 if once else None, tell=tell
    )
    voice.show(f"{done} jobs were in hand")


def _told(job: "Job") -> dict[str, Any]:
    spec = {"job": job.id, "key": job.spec.key, "kind": job.spec.kind}
    return {**spec, **job.model_dump(mode="json", exclude={"id", "spec", "result"})}


def _in_words(name: str, value: object) -> str:
    """A value of a job's record as people read it; `--json` has every digit."""
    from agents.reporting.figures import duration

    if value in ("", None, [], {}):
        return "-"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_in_words(str(key), part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(_in_words(name, part) for part in value)
    if isinstance(value, float):
        return duration(value) if name.endswith("seconds") else f"{value:.4g}"
    return str(value)


def _run_of(job: "Job") -> str:
    # The base student's job belongs to no run: runs that begin alike share it.
    return job.spec.key.rpartition("/cycle-")[0]
