"""Jobs: filed once by key, worked on by one process at a time, attempts counted.

A process of this machine is known to be dead by its mark; one of another machine that shares the store, by the
heartbeat that it has missed.
"""

import hashlib
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.locks import is_alive, machine, pid_of
from memory.store.database import Database
from memory.store.tables import JobTable, now
from reasoner.errors import DataError, NotFoundError
from reasoner.types.job import KINDS, Job, JobSpec

LEASE = timedelta(seconds=60)
"""Without a heartbeat for so long a process of another machine counts as dead."""

MOST_DEATHS = 5
"""Of processes at one job that got no further than it had been, before it is left alone."""


class JobStore:
    """The jobs of a home."""

    def __init__(self, database: Database):
        self._database = database

    def file(self, spec: JobSpec) -> Job:
        """Files a job. Its key filed again is the same job as first filed; a failed or cancelled one is queued anew."""
        with self._database.session() as session:
            row = session.scalars(select(JobTable).where(JobTable.key == spec.key)).one_or_none()
            if row is None:
                row = JobTable(
                    id=hashlib.sha256(spec.key.encode()).hexdigest()[:16],
                    key=spec.key,
                    kind=spec.kind,
                    payload=spec.payload,
                    state="queued",
                    attempts=0,
                    progress=0.0,
                    note="",
                    result={},
                    error="",
                    seconds=0.0,
                    process="",
                    filed_at=now(),
                    priority=spec.priority,
                    minutes=spec.minutes,
                    memory_mb=spec.memory_mb,
                    host="",
                    worker="",
                    deaths=0,
                    heartbeat_at="",
                    stop_asked="",
                    ended_at="",
                )
                session.add(row)
            if row.state in ("failed", "cancelled"):
                row.kind, row.payload, row.state = spec.kind, spec.payload, "queued"
                row.priority, row.minutes, row.memory_mb = spec.priority, spec.minutes, spec.memory_mb
                row.deaths, row.stop_asked, row.ended_at = 0, "", ""
            return _record(row)

    def get(self, id: str) -> Job:
        """One job; one whose process died without a word is shown as failed.

        Raises:
            NotFoundError: the store does not know it.
        """
        with self._database.reading() as session:
            return _record(_row(session, id))

    def by_key(self, key: str) -> Job | None:
        """The job filed under a key."""
        with self._database.reading() as session:
            row = session.scalars(select(JobTable).where(JobTable.key == key)).one_or_none()
            return None if row is None else _record(row)

    def note(self, id: str) -> str:
        """What the job said of itself last."""
        with self._database.reading() as session:
            return _row(session, id).note

    def process(self, id: str) -> str:
        """Mark of the process that claimed the job last."""
        with self._database.reading() as session:
            return _row(session, id).process

    def claim(self, id: str, *, process: str) -> Job:
        """Notes that a process begins an attempt; the caller holds the job's lock."""
        with self._database.session() as session:
            row = _row(session, id)
            row.state, row.process, row.error = "running", process, ""
            row.host, row.heartbeat_at = machine(), now()
            row.attempts += 1
            return _record(row)

    def progress(self, id: str, *, share: float, note: str, seconds: float) -> None:
        """Notes how far the job is and adds the seconds since the last note."""
        assert 0 <= share <= 1, f"a share of {share!r}"
        with self._database.session() as session:
            row = _row(session, id)
            if share > row.progress:
                row.deaths = 0  # it gets somewhere, however often it is killed
            row.progress, row.note = share, note
            row.seconds += seconds

    def succeed(self, id: str, *, result: dict[str, Any], seconds: float) -> Job:
        """Ends the job with its result, plain JSON."""
        with self._database.session() as session:
            row = _row(session, id)
            row.state, row.result, row.error, row.progress = "succeeded", result, "", 1.0
            row.ended_at, row.stop_asked = now(), ""
            row.seconds += seconds
            return _record(row)

    def fail(self, id: str, *, error: str, seconds: float = 0.0) -> Job:
        """Ends the job without a result; filed again, it starts anew."""
        with self._database.session() as session:
            row = _row(session, id)
            row.state, row.error, row.ended_at = "failed", error, now()
            row.seconds += seconds
            return _record(row)

    def interrupt(self, id: str, *, seconds: float = 0.0) -> Job:
        """Ends the attempt of a job that was asked to stop and has saved its state.

        It is queued again, or cancelled if that was asked for.
        """
        with self._database.session() as session:
            row = _row(session, id)
            row.state = "queued"
            if row.stop_asked:
                _cancel(row)
            row.seconds += seconds
            return _record(row)

    def requeue_if_dead(self, id: str) -> Job:
        """Puts a running job whose process is dead back in the queue."""
        with self._database.session() as session:
            row = _row(session, id)
            _requeue_if_dead(row)
            return _record(row)

    def sweep(self) -> list[Job]:
        """Puts every running job whose process is dead back in the queue; one at which too many died has failed."""
        with self._database.session() as session:
            running = session.scalars(select(JobTable).where(JobTable.state == "running"))
            return [_record(row) for row in running if _requeue_if_dead(row)]

    def lease(self, worker: str, *, only: Collection[str] = ()) -> Job | None:
        """The queued job that is next, now this worker's; None if there is none.

        Args:
            worker: mark of its process. What a dead worker had leased is free.
            only: kinds; empty for all.
        """
        query = select(JobTable).where(JobTable.state == "queued")
        query = query.where(JobTable.kind.in_(only)) if only else query
        with self._database.session() as session:
            for row in session.scalars(query.order_by(JobTable.priority.desc(), JobTable.number)):
                if row.kind not in KINDS:
                    row.state, row.error, row.ended_at = "failed", _unknown_kind(row), now()
                    continue
                if not row.worker or row.worker == worker or _is_gone(row.worker, row):
                    row.worker, row.host, row.heartbeat_at = worker, machine(), now()
                    return _record(row)
            return None

    def release(self, id: str, worker: str) -> None:
        """Ends a worker's lease."""
        with self._database.session() as session:
            row = _row(session, id)
            if row.worker == worker:
                row.worker = ""

    def beat(self, id: str) -> str:
        """Says that the job's process lives; who has asked for its cancellation, empty for nobody."""
        with self._database.session() as session:
            row = _row(session, id)
            row.heartbeat_at = now()
            return row.stop_asked

    def stop_asked(self, id: str) -> str:
        """Who has asked for the job's cancellation; empty for nobody."""
        with self._database.reading() as session:
            return _row(session, id).stop_asked

    def cancel(self, id: str, *, by: str) -> Job:
        """Cancels a job that waits or whose process is dead; asks one that is worked on to save and stop.

        One that has ended stays as it is.
        """
        with self._database.session() as session:
            row = _row(session, id)
            _requeue_if_dead(row)
            if row.state == "queued":
                row.stop_asked = by
                _cancel(row)
            elif row.state == "running":
                row.stop_asked = by
            return _record(row)

    def list(self, prefix: str = "") -> list[Job]:
        """The jobs whose key begins so (a run's id, for instance), in the order in which they were filed."""
        query = select(JobTable).where(JobTable.key.startswith(prefix, autoescape=True)).order_by(JobTable.number)
        with self._database.reading() as session:
            return [_record(row) for row in session.scalars(query)]


def _row(session: Session, id: str) -> JobTable:
    row = session.scalars(select(JobTable).where(JobTable.id == id)).one_or_none()
    if row is None:
        raise NotFoundError(f"job {id!r} is not in this home; `reasoner jobs list` shows those that are")
    return row


def _cancel(row: JobTable) -> None:
    row.state, row.error, row.ended_at = "cancelled", f"cancelled by {row.stop_asked}", now()
    row.stop_asked = ""


def _died(row: JobTable) -> bool:
    return row.state == "running" and _is_gone(row.process, row)


def _is_gone(mark: str, row: JobTable) -> bool:
    """Whether a process is dead that was at the job on its host."""
    if row.host in ("", machine()):
        return not is_alive(mark)
    return datetime.now(UTC) - datetime.fromisoformat(row.heartbeat_at) > LEASE


def _requeue_if_dead(row: JobTable) -> bool:
    """Whether it was; asked to stop, the job is cancelled instead."""
    if not _died(row):
        return False
    row.state, row.error, row.deaths = "queued", _last_words(row), row.deaths + 1
    if row.stop_asked:
        _cancel(row)
    return True


def _last_words(row: JobTable) -> str:
    if row.host not in ("", machine()):
        return f"its process on {row.host} has not been heard of since {row.heartbeat_at}; it is taken up again"
    return f"process {pid_of(row.process)} died without a word; the same command takes the job up again"


def _unknown_kind(row: JobTable) -> str:
    return (
        f"job {row.id!r:.40} is of kind {row.kind!r:.80}, which nobody here does ({', '.join(KINDS)}); this package "
        "filed no such job, and nothing of it was run"
    )


def _record(row: JobTable) -> Job:
    if row.kind not in KINDS:
        raise DataError(f"{_unknown_kind(row)}; correct or remove its row, or restore the store from a backup")
    died = _died(row)
    return Job.model_validate(
        {
            "id": row.id,
            "spec": JobSpec.model_validate({name: getattr(row, name) for name in JobSpec.model_fields}),
            "state": "failed" if died else row.state,
            "attempts": row.attempts,
            "progress": row.progress,
            "result": row.result,
            "error": _last_words(row) if died else row.error,
            "seconds": row.seconds,
            "host": row.host,
            "deaths": row.deaths,
            "heartbeat_at": row.heartbeat_at,
            "stop_asked": row.stop_asked,
            "ended_at": row.ended_at,
        }
    )
