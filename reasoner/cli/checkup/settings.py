"""Whether settings can be read: those of a command, and those that a schedule names."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from reasoner.cli.checkup.check import Check, bad, good


def configuration(config: str | None) -> Iterator[Check]:
    """What a loop here would be made with."""
    from reasoner.cli import options
    from reasoner.config.resolved import config_hash
    from reasoner.errors import ReasonerError

    try:
        settings = options.settings_of(config, [])
    except (ReasonerError, OSError, ValueError, RecursionError) as error:
        yield bad("configuration", " ".join(str(error).split()), "correct the key or value named")
        return
    yield good("configuration", f"{config_hash(settings)}, teacher {settings.teacher.model}")


def settings_fault(config: str | None, overrides: Sequence[str], folder: Path) -> str:
    """What is wrong with the settings of a schedule; empty for nothing."""
    from reasoner.config.loading import load_settings
    from reasoner.errors import ReasonerError

    if not folder.is_dir():
        return f"its folder {str(folder)!r} is gone"
    try:
        load_settings(config, list(overrides), os.environ, folder / ".env", stored=True)
    except (ReasonerError, OSError, ValueError, RecursionError) as error:
        return " ".join(str(error).split())
    return ""
