"""`reasoner tasks`: what can be learnt, and whether a task of one's own can be trusted."""

from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options

if TYPE_CHECKING:
    from reasoner.cli.voice import Voice
    from reasoner.evaluation.task_check import TaskCheck

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Tasks: list, show, and prove one before money is spent."
)
TaskName = Annotated[
    str,
    typer.Argument(
        metavar="TASK", help="A known task, a task file, a file of rows, or path/to/file.py:Name.", show_default=False
    ),
]


_SHOWN = 8
"""Skills of a task in the list; `show` names them all."""


@app.command("list", epilog="Example: [bold]reasoner tasks list[/bold]")
def list_tasks(json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False) -> None:
    """List the tasks that have a name: built in, and those of installed packages."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice, plain_table

    voice, table = Voice(as_json=json, quiet=quiet), plain_table("task", "version", "skills", "can")
    for told in bootstrap.list_tasks():
        voice.record("task", told)
        if "fault" in told:
            table.add_row(told["task"], "", "", told["fault"])
            continue
        more = f", and {len(told['skills']) - _SHOWN} more" if len(told["skills"]) > _SHOWN else ""
        skills = ", ".join(told["skills"][:_SHOWN]) + more
        table.add_row(told["task"], told["version"], skills, ", ".join(told["powers"]))
    voice.show(table)
    voice.show(
        "\nOf your own: --task rows.jsonl, --task my.task.yaml, or --task path/to/file.py:Name; see docs/tasks.md"
    )


@app.command("show", epilog="Example: [bold]reasoner tasks show math[/bold]")
def show_task(
    task: TaskName, json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False
) -> None:
    """Show what a task says of itself, and what a teacher is told about it."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice, plain_table

    voice, table = Voice(as_json=json, quiet=quiet), plain_table("", "")
    told = bootstrap.show_task(task)
    voice.record("task", told)
    for key, value in told.items():
        table.add_row(key, ", ".join(value) if isinstance(value, list) else str(value))
    voice.show(table)


@app.command(
    "check",
    epilog="Example: [bold]reasoner tasks check math --config tiny[/bold]; "
    "[bold]reasoner tasks check my.task.yaml[/bold]",
)
def check_task(
    task: TaskName,
    overrides: options.Overrides = None,
    config: options.Config = None,
    seed: options.Seed = None,
    home: options.Home = None,
    max_usd: options.MaxUsd = None,
    max_calls: options.MaxCalls = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Prove a task on its own problems: gold answers pass, empty, shuffled and cheating ones do not."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)
    settings = options.settings_of(config, overrides, task=task, seed=seed, max_usd=max_usd, max_calls=max_calls)
    found = bootstrap.check_task(settings, home=options.home_of(home), say=voice.show)
    voice.record("task_check", {**found.model_dump(mode="json"), "sound": found.sound})
    _show(voice, found)
    if not found.sound:
        raise typer.Exit(1)


def _show(voice: "Voice", found: "TaskCheck") -> None:
    from reasoner.cli.voice import plain_table

    table = plain_table("answers", "pass")
    for name in ("gold", "empty", "shuffled", "majority"):
        table.add_row(name, f"{getattr(found, f'{name}_passes'):.1%}")
    table.add_row("cheats", f"{found.cheats_pass} of {found.problems} problems")
    voice.show(f"task {found.task}, {found.problems} problems\n")
    voice.show(table)
    sizes = ", ".join(f"{count} {split}" for split, count in found.splits.items())
    voice.show(f"\nsplits: {sizes}; {found.contaminated} practice rows left out that ask what decides or is reported")
    voice.show(f"worked: {found.worked:.1%} have a solution that may teach")
    if found.judge:
        voice.show(f"judge: {found.judge.words}; the shares above count what passes without asking it")
    for line in (*found.fails, *(found.judge.fails if found.judge else ()), *found.faults):
        voice.show(f"  {line}")
    voice.show("sound" if found.sound else "not sound: mend the rows or the checker before anything is trained")
