"""What a door was asked, as a home and settings: the same words mean the same at the terminal and in Python."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory.filters import Filter
    from reasoner.config.settings import Settings

DEFAULT_HOME = Path(".reasoner")


def home_of(home: str | os.PathLike[str] | None) -> Path:
    """The folder that is named, else `REASONER_HOME` of the environment or of `.env`, else `./.reasoner`."""
    from reasoner.config.places import written_home

    return Path(home or written_home() or DEFAULT_HOME).expanduser().absolute()


def settings_of(
    config: str | None,
    overrides: Sequence[str],
    *,
    task: str | None = None,
    student: str | None = None,
    teacher: str | None = None,
    seed: int | None = None,
    max_usd: float | None = None,
    max_calls: int | None = None,
    max_minutes: float | None = None,
    say: Callable[[str], None],
) -> "Settings":
    """The settings that are asked for.

    Args:
        config: name of a preset or path of a YAML file; None for the defaults.
        overrides: `KEY=VALUE` texts.
        task: `task.name`.
        student: a kind, a folder or hub name of a model, or a checkpoint's id; see `student_named`.
        teacher: `teacher.model`.
        seed: `seed`.
        max_usd: `limits.max_usd`.
        max_calls: `limits.max_calls`.
        max_minutes: `limits.max_minutes`.
        say: told of each key that has another name now.

    Raises:
        ConfigError: a key or a value is wrong; says where it came from and what would be right.
    """
    from reasoner.config.loading import load_settings
    from reasoner.config.places import DOTENV

    limits = {"limits.max_usd": max_usd, "limits.max_calls": max_calls, "limits.max_minutes": max_minutes}
    given: dict[str, object] = {"task.name": task, "teacher.model": teacher, "seed": seed, **limits}
    if student is not None:
        from reasoner.bootstrap.student_named import settings_named

        given |= settings_named(student)
    return load_settings(config, overrides, os.environ, DOTENV, extra=given, say=say)


def filter_of(only: Sequence[str], *, wrong: bool = False) -> "Filter":
    """What `--only` means, of examples or of failed attempts.

    Raises:
        UsageError: a word says nothing, or failed attempts are asked for what they have not.
    """
    from memory.filters import parse_filter
    from reasoner.errors import UsageError

    meant = parse_filter(only)
    if wrong and meant.of_examples_only:
        raise UsageError(
            "--wrong with --only source or teacher: failed attempts are the student's own and have neither"
        )
    return meant
