"""An open home: it answers, is measured, trained and improved, and says what it holds."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from reasoner import bootstrap
from reasoner.api.answers import Answers
from reasoner.api.loop_run import LoopRun
from reasoner.api.measures import Measures
from reasoner.api.memory import Memory
from reasoner.api.models import Models
from reasoner.api.opened import OnProgress, nobody
from reasoner.api.proposals import Proposals
from reasoner.api.runs import Runs
from reasoner.bootstrap.failures import in_words
from reasoner.bootstrap.home import Home
from reasoner.config.settings import Settings
from reasoner.errors import UsageError
from reasoner.types.checkpoint import Checkpoint

if TYPE_CHECKING:
    from reasoner.evaluation.plan import Plan


class Reasoner(Answers, Measures):
    """A home with settings, made by `reasoner.open`. Threads may share it; students are loaded once in a process.

    Every method raises the errors of `reasoner.errors`, with the words that the terminal has for them, and prints
    nothing.
    """

    def __init__(self, place: Home, settings: Callable[[Sequence[str]], Settings]) -> None:
        super().__init__(place, settings(()))
        self._settings_with = settings
        self.memory, self.models = Memory(place), Models(place)
        self.proposals, self.runs = Proposals(place), Runs(place)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"reasoner.open({str(self.home)!r})"

    def close(self) -> None:
        """Closes the store; what is asked later opens it again. A run at work has a store of its own."""
        self._place.close()

    @in_words()
    def with_settings(self, *overrides: str) -> "Reasoner":
        """The same home, and the same students, with some settings changed: `KEY=VALUE` texts.

        Raises:
            ConfigError: a key or a value is wrong.
        """
        return Reasoner(self._place, lambda more: self._settings_with([*overrides, *more]))

    @in_words()
    def train(self, *, out: str | Path | None = None, progress: OnProgress | None = None) -> Checkpoint:
        """Trains a base student from scratch in a child process; the home's first one becomes its champion.

        Args:
            out: also write the checkpoint here; a new folder.
            progress: told how far it is.
        """
        folder = None if out is None else Path(out).expanduser()
        return bootstrap.train(self.settings, home=self._place, out=folder, progress=progress or nobody)

    @in_words()
    def plan(self, *, cycles: int = 5) -> "Plan":
        """What `loop` would do and cost, without doing it."""
        return bootstrap.plan_loop(self.settings, home=self.home, cycles=cycles)

    @in_words()
    def loop(self, *, cycles: int = 5, fresh: bool = False) -> LoopRun:
        """Begins, or goes on with, the run that the settings mean, in a thread of its own; returns at once.

        Args:
            cycles: in all, over every start of this run.
            fresh: starts a new run although one with these settings exists.

        Raises:
            ReasonerError: it cannot begin: a package, data, disk or memory is missing.
        """
        from reasoner.bootstrap.home import open_home
        from reasoner.bootstrap.loop import begin_run

        if cycles < 1:
            raise UsageError(f"cycles={cycles}: expected at least 1")
        run = begin_run(open_home(self._place), self.settings, cycles=cycles, fresh=fresh)
        return LoopRun(self.home, self.settings, run, cycles=cycles)
