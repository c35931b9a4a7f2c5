"""What all parts of an open home share: its place, its settings, and how words become a way to solve."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from reasoner import bootstrap
from reasoner.bootstrap.home import Home
from reasoner.config.settings import Settings
from reasoner.errors import UsageError
from reasoner.types.loop import Progress
from reasoner.types.problem import Mode
from reasoner.types.search import SearcherName

OnProgress = Callable[[Progress], None]
"""Told how far something is."""


class Opened:
    """A home with settings."""

    def __init__(self, place: Home, settings: Settings) -> None:
        self._place = place
        self.settings = settings

    @property
    def home(self) -> Path:
        """The folder where everything is kept."""
        return self._place.root

    def _mode(self, mode: Mode | None) -> Mode:
        return one_of("mode", mode, Mode) or self.settings.student.mode

    def _searching(self, search: SearcherName | None) -> Settings:
        return bootstrap.searching(self.settings, one_of("search", search, SearcherName))


def one_of(name: str, given: Any, kind: Any) -> Any:
    """What was given; None for None.

    Raises:
        UsageError: it is none of a `Literal`'s values.
    """
    if given is not None and given not in get_args(kind):
        raise UsageError(f"{name}={given!r}: expected one of {', '.join(get_args(kind))}")
    return given


def nobody(_: object) -> None:
    """Is told nothing."""
