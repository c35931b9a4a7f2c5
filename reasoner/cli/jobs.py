"""`reasoner jobs`: work of child processes."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from reasoner.cli import options

if TYPE_CHECKING:
    from reasoner.types.job import Job

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Work in child processes: list jobs, show one, read its log."
)
JobId = Annotated[str, typer.Argument(metavar="JOB", help="As `reasoner jobs list` shows it.", show_default=False)]


@app.command("list", epilog="Example: [bold]reasoner jobs list --run 20261122-0915-math-nano-k3f9[/bold]")
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
        jobs = JobStore(database).list(f"{run}/" if run else "")
    table = plain_table("job", "kind", "state", "done", "attempts", "time", "key", right=("done", "attempts", "time"))
    for job in jobs:
        voice.record("job", _told(job), run=_run_of(job))
        progress, time = f"{job.progress:.0%}", duration(job.seconds)
        table.add_row(job.id, job.spec.kind, job.state, progress, str(job.attempts), time, job.spec.key)
    voice.show(table)


@app.command("show", epilog="Example: [bold]reasoner jobs show JOB[/bold]")
def show_job(
    job: JobId,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show one job: what it was to do and what came of it."""
    from memory.store.jobs import JobStore
    from reasoner.cli.store import opened
    from reasoner.cli.voice import Voice, plain_table

    voice, folder = Voice(as_json=json, quiet=quiet), options.home_of(home)
    with opened(folder) as database:
        found = JobStore(database).get(job)
    voice.record("job", {**_told(found), "payload": found.spec.payload, "result": found.result}, run=_run_of(found))
    table = plain_table("", "")
    table.show_header = False
    for name, value in _told(found).items():
        table.add_row(name, str(value) if value != "" else "-")
    for name, value in found.result.items():
        table.add_row(f"result: {name}", str(value))
    table.add_row("folder", str(folder / "jobs" / found.id))
    voice.show(table)


@app.command("logs", epilog="Example: [bold]reasoner jobs logs JOB[/bold]")
def show_log(
    job: JobId,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Print what a job's process has written."""
    from memory.store.jobs import JobStore
    from reasoner.cli.store import opened
    from reasoner.cli.voice import Voice

    voice, folder = Voice(as_json=json, quiet=quiet), options.home_of(home)
    with opened(folder) as database:
        found = JobStore(database).get(job)
    path = folder / "jobs" / found.id / "log.txt"
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    voice.record("log", {"job": found.id, "text": text}, run=_run_of(found))
    voice.show(text.rstrip("\n") or f"job {found.id} has written nothing")


def _told(job: "Job") -> dict[str, Any]:
    spec = {"job": job.id, "key": job.spec.key, "kind": job.spec.kind}
    return {**spec, **job.model_dump(mode="json", exclude={"id", "spec", "result"})}


def _run_of(job: "Job") -> str:
    # The base student's job belongs to no run: runs that begin alike share it.
    return job.spec.key.rpartition("/cycle-")[0]
