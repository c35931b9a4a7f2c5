"""`reasoner doctor`: what is installed, what is missing, and the command that mends it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import typer

from reasoner.cli import options

app = typer.Typer(add_completion=False)
PYTHON = (3, 11)
LITTLE_SPACE = 2 * 1024**3
"""Bytes; a run of five cycles leaves some hundred megabytes."""


class Check(NamedTuple):
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str
    mend: str
    """The command that mends it; empty where nothing is broken."""


@app.command(epilog="Example: [bold]reasoner doctor --json[/bold]")
def doctor(
    config: options.Config = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Check the installation, the home and the configuration; ends with 1 if something is broken."""
    from rich.text import Text

    from reasoner.cli.voice import Voice, plain_table

    checks = list(examine(options.home_of(home), config))
    voice = Voice(as_json=json, quiet=quiet)
    table = plain_table("what", "", "found", "mend it with")
    for check in checks:
        voice.record("check", check._asdict())
        mark = Text("ok", style="green") if check.ok else Text("broken", style="bold red")
        table.add_row(check.name, mark, check.found, check.mend)
    voice.show(table)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


def examine(home: Path, config: str | None) -> Iterator[Check]:
    """Looks at everything a loop needs."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Check(
        "python", sys.version_info >= PYTHON, version, "" if sys.version_info >= PYTHON else "install Python 3.11"
    )
    yield from _packages()
    yield _torch()
    yield from _home(home)
    yield _configuration(config)


def _packages() -> Iterator[Check]:
    from importlib import metadata

    from packaging.requirements import Requirement

    for text in metadata.requires("reasoner") or []:
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        mend = f"{sys.executable} -m pip install '{requirement.name}{requirement.specifier}'"
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield Check(requirement.name, False, "missing", mend)
            continue
        fits = requirement.specifier.contains(version, prereleases=True)
        yield Check(
            requirement.name,
            fits,
            version if fits else f"{version}, needs {requirement.specifier}",
            "" if fits else mend,
        )


def _torch() -> Check:
    try:
        import torch
    except (ImportError, OSError) as error:
        return Check("torch works", False, str(error), f"{sys.executable} -m pip install --force-reinstall torch")
    total = float(torch.ones(2, 2).matmul(torch.ones(2, 2)).sum())
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    return Check("torch works", total == 8.0, f"{device}, {torch.get_num_threads()} threads", "")


def _home(home: Path) -> Iterator[Check]:
    import os
    import shutil

    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    writable = nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
    state = "" if home.exists() else ", will be made"
    yield Check(
        "home",
        writable,
        f"{home}{state}" if writable else f"{home} cannot be written",
        "" if writable else "--home DIR",
    )
    free = shutil.disk_usage(nearest).free
    enough = free >= LITTLE_SPACE
    yield Check(
        "disk", enough, f"{free / 1024**3:.1f} GiB free", "" if enough else "free 2 GiB, or --home DIR on another disk"
    )
    from reasoner.cli.store import has_store

    if has_store(home):
        yield _store(home)


def _store(home: Path) -> Check:
    from memory.store.runs import RunStore
    from reasoner.cli.store import opened
    from reasoner.errors import ReasonerError

    try:
        with opened(home) as database:
            return Check("store", True, f"{len(RunStore(database).list())} runs in {database.place}", "")
    except ReasonerError as error:
        return Check("store", False, str(error), "see the message")


def _configuration(config: str | None) -> Check:
    from reasoner.config.resolved import config_hash
    from reasoner.errors import ConfigError

    try:
        settings = options.settings_of(config, [])
    except ConfigError as error:
        return Check("configuration", False, str(error), "correct the key or value named")
    return Check("configuration", True, f"{config_hash(settings)}, teacher {settings.teacher.model}", "")
