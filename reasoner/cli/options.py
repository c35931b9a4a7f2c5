"""The options that commands share, and how they become a home, settings and a filter."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.bootstrap import asked

if TYPE_CHECKING:
    from memory.filters import Filter
    from reasoner.config.settings import Settings


def _note_debug(value: bool) -> bool:
    if value:
        os.environ["REASONER_DEBUG"] = "1"
    return value


Overrides = Annotated[
    list[str] | None,
    typer.Argument(metavar="KEY=VALUE", help="Settings, such as [bold]teacher.calls=50[/bold].", show_default=False),
]
Config = Annotated[
    str | None,
    typer.Option("--config", metavar="NAME|FILE", help="A preset such as [bold]nano[/bold], or a .yaml file."),
]
Home = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", help="Where everything is kept. Default: $REASONER_HOME, or ./.reasoner."),
]
Json = Annotated[
    bool, typer.Option("--json", help="One JSON object a line on standard output, and nothing else there.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Results only, no progress.")]
Debug = Annotated[
    bool, typer.Option("--debug", help="Show the traceback of an error. Also REASONER_DEBUG=1.", callback=_note_debug)
]
Task = Annotated[
    str | None,
    typer.Option(
        "--task",
        metavar="NAME|FILE.py:NAME",
        help="What is to be learnt: a known task, or a domain of your own. The same as task.name=...",
        show_default=False,
    ),
]
StudentName = Annotated[
    str | None,
    typer.Option(
        "--student",
        metavar="KIND|MODEL|ID",
        help="A kind (latent, encoder, language), a folder or hub name of a Hugging Face model, or a checkpoint to "
        "begin from. The same as student.kind=..., student.model=... or student.start=...",
        show_default=False,
    ),
]
TeacherModel = Annotated[
    str | None,
    typer.Option("--teacher", metavar="MODEL", help="The same as teacher.model=...", show_default=False),
]
Seed = Annotated[int | None, typer.Option("--seed", help="The same as seed=N.", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print configuration, plan and cost; do nothing.")]
MaxUsd = Annotated[
    float | None, typer.Option("--max-usd", help="Never spend more dollars than this.", show_default=False)
]
MaxCalls = Annotated[
    int | None, typer.Option("--max-calls", help="Never send more teacher requests than this.", show_default=False)
]
MaxMinutes = Annotated[
    float | None, typer.Option("--max-minutes", help="Begin nothing after this many minutes.", show_default=False)
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="KEY=VALUE",
        help="Only what agrees; may be repeated. Keys: domain, skill, difficulty, source (teacher_solution, "
        "teacher_problem, self, practice), teacher, run, cycle, since and until (ISO dates).",
        show_default=False,
    ),
]


def debugging() -> bool:
    """Whether tracebacks are asked for."""
    return os.environ.get("REASONER_DEBUG", "") not in ("", "0")


def home_of(home: Path | None) -> Path:
    """The home: `--home`, `REASONER_HOME` of the environment, of `.env`, or `./.reasoner`."""
    return asked.home_of(home)


def filter_of(only: Sequence[str] | None, *, wrong: bool = False) -> "Filter":
    """What `--only` means; see `bootstrap.asked`."""
    return asked.filter_of(only or (), wrong=wrong)


def settings_of(
    config: str | None,
    overrides: Sequence[str] | None,
    *,
    task: str | None = None,
    student: str | None = None,
    teacher: str | None = None,
    seed: int | None = None,
    max_usd: float | None = None,
    max_calls: int | None = None,
    max_minutes: float | None = None,
) -> "Settings":
    """The settings that a command line asks for."""
    return asked.settings_of(
        config,
        overrides or [],
        task=task,
        student=student,
        teacher=teacher,
        seed=seed,
        max_usd=max_usd,
        max_calls=max_calls,
        max_minutes=max_minutes,
        say=lambda words: typer.echo(words, err=True),
    )
