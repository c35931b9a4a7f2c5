"""Jobs: filed once by key, worked on by one process at a time, attempts counted."""

import hashlib
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.locks import is_alive, pid_of
from memory.store.database import Database
from memory.store.tables import JobTable, now
from reasoner.errors import NotFoundError
from reasoner.types.job import Job, JobSpec


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
                )
                session.add(row)
            if row.state in ("failed", "cancelled"):
                row.kind, row.payload, row.state = spec.kind, spec.payload, "queued"
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
            row.attempts += 1
            return _record(row)

    def progress(self, id: str, *, share: float, note: str, seconds: float) -> None:
        """Notes how far the job is and adds the seconds since the last note."""
        assert 0 <= share <= 1, f"a share of {share!r}"
        with self._database.session() as session:
            row = _row(session, id)
            row.progress, row.note = share, note
            row.seconds += seconds

    def succeed(self, id: str, *, result: dict[str, Any], seconds: float) -> Job:
        """Ends the job with its result, plain JSON."""
        with self._database.session() as session:
            row = _row(session, id)
            row.state, row.result, row.error, row.progress = "succeeded", result, "", 1.0
            row.seconds += seconds
            return _record(row)

    def fail(self, id: str, *, error: str, seconds: float = 0.0) -> Job:
        """Ends the job without a result; filed again, it starts anew."""
        with self._database.session() as session:
            row = _row(session, id)
            row.state, row.error = "failed", error
            row.seconds += seconds
            return _record(row)

    def interrupt(self, id: str, *, seconds: float = 0.0) -> Job:
        """Puts the job back in the queue: it was asked to stop and has saved its state."""
        with self._database.session() as session:
            row = _row(session, id)
            row.state = "queued"
            row.seconds += seconds
            return _record(row)

    def requeue_if_dead(self, id: str) -> Job:
        """Puts a running job whose process is dead back in the queue."""
        with self._database.session() as session:
            row = _row(session, id)
            if _died(row):
                row.state, row.error = "queued", _last_words(row)
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


def _died(row: JobTable) -> bool:
    return row.state == "running" and not is_alive(row.process)


def _last_words(row: JobTable) -> str:
    return f"process {pid_of(row.process)} died without a word; the same command takes the job up again"


def _record(row: JobTable) -> Job:
    died = _died(row)
    return Job.model_validate(
        {
            "id": row.id,
            "spec": JobSpec.model_validate({"key": row.key, "kind": row.kind, "payload": row.payload}),
            "state": "failed" if died else row.state,
            "attempts": row.attempts,
            "progress": row.progress,
            "result": row.result,
            "error": _last_words(row) if died else row.error,
            "seconds": row.seconds,
        }
    )
