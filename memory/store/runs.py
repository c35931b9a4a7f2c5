"""Runs of `reasoner loop`: which configuration, how far, how it ended."""

from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.store.database import Database
from memory.store.tables import RunTable, now
from reasoner.config.settings import Approval
from reasoner.errors import NotFoundError, UsageError
from reasoner.types.record import Record

RunState = Literal["running", "finished", "interrupted", "failed", "budget", "waiting"]
"""`waiting`: for a person's ruling on a proposal."""


class RunRow(Record):
    """A run as it stands. Times are ISO texts in UTC; `ended_at` is empty while it runs."""

    id: str
    config_hash: str
    settings: dict[str, Any]
    seed: int
    state: RunState
    superseded: bool
    cycles_done: int
    summary: dict[str, Any]
    started_at: str
    ended_at: str


class RunStore:
    """The runs of a home."""

    def __init__(self, database: Database):
        self._database = database

    def find(self, config_hash: str) -> RunRow | None:
        """The newest run with this configuration, finished or not, unless it is superseded."""
        with self._database.reading() as session:
            query = select(RunTable).where(RunTable.config_hash == config_hash, RunTable.superseded.is_(False))
            row = session.scalars(query.order_by(RunTable.number.desc()).limit(1)).one_or_none()
            return None if row is None else _record(row)

    def create(self, run_id: str, config_hash: str, settings_json: dict[str, Any], seed: int) -> RunRow:
        """Starts a run; the same run again is the same row.

        Raises:
            UsageError: the id belongs to a run with another configuration.
        """
        with self._database.session() as session:
            return new_run(session, run_id, config_hash, settings_json, seed)

    def get(self, run_id: str) -> RunRow:
        """One run.

        Raises:
            NotFoundError: the store does not know it.
        """
        with self._database.reading() as session:
            return _record(_row(session, run_id))

    def state(self, run_id: str) -> RunState:
        """How the run stands."""
        return self.get(run_id).state

    def mark(self, run_id: str, state: RunState, *, cycles_done: int | None = None) -> RunRow:
        """Notes how the run stands and, if given, how many cycles are done."""
        with self._database.session() as session:
            row = _row(session, run_id)
            row.state = state
            row.ended_at = "" if state == "running" else now()
            row.cycles_done = row.cycles_done if cycles_done is None else cycles_done
            return _record(row)

    def finish(self, run_id: str, cycles: int, summary: dict[str, Any]) -> RunRow:
        """Ends the run: its cycles are done and its summary (plain JSON) is kept."""
        with self._database.session() as session:
            row = _row(session, run_id)
            row.state, row.cycles_done, row.summary, row.ended_at = "finished", cycles, summary, now()
            return _record(row)

    def supersede(self, run_id: str) -> None:
        """Sets the run aside: the same configuration will start anew."""
        with self._database.session() as session:
            _row(session, run_id).superseded = True

    def list(self) -> list[RunRow]:
        """All runs, oldest first."""
        with self._database.reading() as session:
            return [_record(row) for row in session.scalars(select(RunTable).order_by(RunTable.number))]


def approval_of(session: Session, run_id: str) -> Approval:
    """Who lets champions change in a run, as its settings say; `auto` where they say nothing."""
    settings = session.scalars(select(RunTable.settings).where(RunTable.id == run_id)).one_or_none()
    return (settings or {}).get("approval", "auto")


def new_run(session: Session, run_id: str, config_hash: str, settings_json: dict[str, Any], seed: int) -> RunRow:
    """`RunStore.create` within a transaction."""
    row = session.scalars(select(RunTable).where(RunTable.id == run_id)).one_or_none()
    if row is None:
        row = RunTable(
            id=run_id,
            config_hash=config_hash,
            settings=settings_json,
            seed=seed,
            state="running",
            superseded=False,
            cycles_done=0,
            summary={},
            started_at=now(),
            ended_at="",
        )
        session.add(row)
    if row.config_hash != config_hash:
        raise UsageError(f"run {run_id!r} exists with another configuration; choose another run id")
    return _record(row)


def _row(session: Session, run_id: str) -> RunTable:
    row = session.scalars(select(RunTable).where(RunTable.id == run_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"run {run_id!r} is not in this home; `reasoner runs list` shows those that are")
    return row


def _record(row: RunTable) -> RunRow:
    return RunRow.model_validate({name: getattr(row, name) for name in RunRow.model_fields})
