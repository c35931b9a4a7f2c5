"""The runs of a home: at a glance, one with its cycles, what it told, its report and its page."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from reasoner import bootstrap
from reasoner.bootstrap.failures import in_words
from reasoner.bootstrap.home import Home
from reasoner.bootstrap.run_lists import ShownRun, list_runs, run_report, show_run
from reasoner.types.trace import RunEvent

if TYPE_CHECKING:
    from agents.reporting.overview import Overview


class Runs:
    """`Reasoner.runs`. An id may be part of one, or `latest`."""

    def __init__(self, place: Home) -> None:
        self._place = place

    @in_words()
    def list(self) -> "tuple[Overview, ...]":
        """How each run stands: state, champion, gain on the sealed set, dollars and time; oldest first."""
        return tuple(overview for _, overview in list_runs(self._place))

    @in_words()
    def show(self, run: str) -> ShownRun:
        """One run: its state, its cycles."""
        return show_run(self._place, run)

    def events(self, run: str, *, follow: bool = False, trace: bool = False) -> Iterator[RunEvent]:
        """What a run has told, in order.

        Args:
            run: id.
            follow: goes on with each event as it is told, until nobody works on the run, in whichever process.
            trace: also what its nodes told within: teacher calls, searches, latents.

        Raises:
            NotFoundError: there is no such run.
        """
        from reasoner.bootstrap.run_events import run_events, told

        with in_words():
            yield from map(told, run_events(self._place.root, self._full(run), follow=follow, trace=trace))

    @in_words()
    def report(self, run: str) -> str:
        """The report of a run, Markdown."""
        return run_report(self._place, run)

    @in_words()
    def page(self, run: str, *, out: str | Path | None = None) -> Path:
        """Writes the page of a run, one HTML file that any browser opens offline; where it is.

        Args:
            run: id.
            out: where to; beside the report by default.
        """
        path = None if out is None else Path(out).expanduser().absolute()
        return bootstrap.write_run_page(self._place, self._full(run), out=path)

    def _full(self, run: str) -> str:
        from memory.store.ids import IdStore

        return IdStore(self._place.begun().database()).full(run, "run")
