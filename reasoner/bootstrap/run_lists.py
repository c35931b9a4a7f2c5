"""The runs of a home: all at a glance, and one with its cycles."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from memory.store.ids import IdStore
from memory.store.runs import RunRow, RunStore
from reasoner.bootstrap.home import Place, home_at
from reasoner.errors import NotFoundError
from reasoner.types.loop import CycleRow
from reasoner.types.record import Record

if TYPE_CHECKING:
    from agents.reporting.overview import Overview


class ShownRun(Record):
    """One run."""

    row: RunRow
    table: tuple[CycleRow, ...]
    keeping: tuple[dict[str, Any], ...]
    """Cycles whose gate asked repairs or what must not be forgotten, with what it saw."""
    learnt_nothing: tuple[dict[str, Any], ...]
    """Cycles that asked the teacher and from which nothing at all was accepted, with the reasons."""
    remarks: tuple[str, ...]
    """Both in lines for people."""
    folder: Path


def list_runs(home: Place) -> "list[tuple[RunRow, Overview]]":
    """Each run as it was made, and how it stands; oldest first.

    Raises:
        NotFoundError: there is nothing in this home yet.
    """
    from agents.reporting.overview import overview

    place = home_at(home).begun()
    rows = RunStore(place.database()).list()
    return [(row, overview(row, home=place.root, database=place.database())) for row in rows]


def show_run(home: Place, run: str) -> ShownRun:
    """One run: its state, its cycles.

    Args:
        home: its folder.
        run: id, all of it or part of one, or `latest`.

    Raises:
        NotFoundError: there is no such run.
    """
    from agents.reporting.events import read_events
    from agents.reporting.keeping import keeping_lines
    from agents.reporting.nothing_learnt import lines_of, nothing_learnt, record_of
    from agents.reporting.summary import cycle_rows, summarise

    place = home_at(home).begun()
    row = RunStore(place.database()).get(IdStore(place.database()).full(run, "run"))
    folder = place.root / "runs" / row.id
    if not row.cycles_done and not (folder / "events.jsonl").is_file():
        # It was stopped while it looked around, and has told nothing yet.
        return ShownRun(row=row, table=(), keeping=(), learnt_nothing=(), remarks=(), folder=folder)
    summary = summarise(read_events(folder))
    barren = nothing_learnt(summary)
    return ShownRun(
        row=row,
        table=tuple(cycle_rows(summary)),
        keeping=tuple(
            {"cycle": c.cycle, "repairs": c.repairs, "retention": c.retention}
            for c in summary.cycles
            if c.repairs or c.retention
        ),
        learnt_nothing=tuple(record_of(cycle) for cycle in barren),
        remarks=(*keeping_lines(summary), *(line for cycle in barren for line in lines_of(cycle))),
        folder=folder,
    )


def run_report(home: Place, run: str) -> str:
    """The report of a run as it stands, Markdown.

    Raises:
        NotFoundError: there is no such run, or it has measured nothing yet.
    """
    place = home_at(home).begun()
    id = IdStore(place.database()).full(run, "run")
    path = place.root / "runs" / id / "report.md"
    if not path.is_file():
        raise NotFoundError(f"run {id} has no report yet: the first is written when its first cycle has ended")
    return path.read_text(encoding="utf-8")
