"""`reasoner.open`: from the words of a script to an open home with settings."""

import os
import warnings
from collections.abc import Sequence

from reasoner.api.reasoner import Reasoner
from reasoner.bootstrap.asked import home_of, settings_of
from reasoner.bootstrap.failures import in_words
from reasoner.bootstrap.home import Home
from reasoner.config.settings import Settings


@in_words()
def open(
    home: str | os.PathLike[str] | None = None,
    *,
    config: str | os.PathLike[str] | None = None,
    overrides: Sequence[str] = (),
    task: str | None = None,
    student: str | None = None,
    teacher: str | None = None,
    seed: int | None = None,
    max_usd: float | None = None,
    max_calls: int | None = None,
    max_minutes: float | None = None,
) -> Reasoner:
    """Opens a home. Nothing is made, loaded or trained before it is asked for.

    Everything means what it means at the terminal, environment and `.env` included.

    Args:
        home: folder where everything is kept; `REASONER_HOME`, or `./.reasoner`, by default.
        config: name of a preset such as `nano`, or path of a YAML file.
        overrides: `KEY=VALUE` texts, such as `teacher.calls=50`.
        task: a known task, a file of rows, a task file, or `file.py:Name`.
        student: a kind, a Hugging Face model, or a checkpoint to begin from.
        teacher: model string.
        seed: of everything that is drawn.
        max_usd: dollars that a run never exceeds.
        max_calls: teacher requests that a run never exceeds.
        max_minutes: after which a run begins nothing.

    Raises:
        ConfigError: a key or a value is wrong; says where it came from and what would be right.
    """
    words: dict[str, str | None] = {"task": task, "student": student, "teacher": teacher}
    preset = None if config is None else os.fspath(config)

    def settings(more: Sequence[str]) -> Settings:
        return settings_of(
            preset,
            [*_listed(overrides), *_listed(more)],
            **words,
            seed=seed,
            max_usd=max_usd,
            max_calls=max_calls,
            max_minutes=max_minutes,
            say=lambda told: warnings.warn(told, FutureWarning, stacklevel=4),
        )

    return Reasoner(Home(home_of(home).resolve(), keeps=True), settings)


def _listed(overrides: Sequence[str]) -> Sequence[str]:
    """One text alone is one setting, and no list of letters."""
    return [overrides] if isinstance(overrides, str) else overrides
