"""Checkpoints, and the pointers that say which of them is champion, of a run and of the home.

A pointer is the newest of its recorded moves; nothing is overwritten, so every former champion can be found again.
Only `memory.promotion` moves pointers.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.store.database import Database
from memory.store.tables import CheckpointTable, PointerTable, now
from reasoner.errors import NotFoundError, UsageError
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.record import Record

HOME = ""
"""The scope of the home's pointer; the other scopes are run ids."""


class PointerMove(Record):
    """One move of a champion pointer."""

    number: int
    """Grows with every move in the home."""
    scope: str
    """Run id; empty for the home."""
    checkpoint: str
    previous: str
    """Empty for a first champion."""
    cause: str
    """`enthroned`, `promoted`, `merged`, `reverted` or `rolled back`."""
    decision: str
    """Id of the decision that allowed it; empty for a first champion."""
    moved_at: str
    by: str
    """Who rolled back; empty for moves of the loop."""
    reason: str


class CheckpointStore:
    """The checkpoints of a home."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, checkpoint: Checkpoint) -> Checkpoint:
        """Keeps a checkpoint; one with its id and fingerprint is given back as it was kept first.

        Raises:
            UsageError: another checkpoint has this id.
        """
        with self._database.session() as session:
            found = find_checkpoint(session, checkpoint.id)
            if found is None:
                record = checkpoint.model_dump(mode="json")
                session.add(CheckpointTable(id=checkpoint.id, run=checkpoint.run, record=record, added_at=now()))
            elif found.fingerprint == checkpoint.fingerprint:
                return found
            else:
                raise UsageError(
                    f"checkpoint {checkpoint.id!r} exists with fingerprint {found.fingerprint!r} of run {found.run!r}, "
                    f"now given {checkpoint.fingerprint!r} of run {checkpoint.run!r}; checkpoints are never overwritten"
                )
        return checkpoint

    def get(self, id: str) -> Checkpoint:
        """One checkpoint.

        Raises:
            NotFoundError: the store does not know it.
        """
        with self._database.reading() as session:
            return require_checkpoint(session, id)

    def champion(self, run: str) -> Checkpoint | None:
        """The champion of a run; None before its first."""
        return self._pointed(run)

    def home_champion(self) -> Checkpoint | None:
        """The champion of the home; None before its first."""
        return self._pointed(HOME)

    def history(self, run: str | None = None) -> list[PointerMove]:
        """The moves of a run's pointer, or of the home's, oldest first."""
        query = select(PointerTable).where(PointerTable.scope == (run or HOME)).order_by(PointerTable.number)
        with self._database.reading() as session:
            return [
                PointerMove.model_validate({name: getattr(row, name) for name in PointerMove.model_fields})
                for row in session.scalars(query)
            ]

    def list(self, run: str | None = None) -> list[Checkpoint]:
        """The checkpoints of a run, or of the home, in the order in which they were added."""
        query = select(CheckpointTable.record).order_by(CheckpointTable.number)
        query = query if run is None else query.where(CheckpointTable.run == run)
        with self._database.reading() as session:
            return [Checkpoint.model_validate(record) for record in session.scalars(query)]

    def added(self) -> dict[str, str]:
        """When each checkpoint was added, ISO time in UTC, by id."""
        with self._database.reading() as session:
            return dict(session.execute(select(CheckpointTable.id, CheckpointTable.added_at)).all())

    def _pointed(self, scope: str) -> Checkpoint | None:
        with self._database.reading() as session:
            move = newest_move(session, scope)
            return None if move is None else require_checkpoint(session, move.checkpoint)


def find_checkpoint(session: Session, id: str) -> Checkpoint | None:
    """The checkpoint as the transaction sees it."""
    record = session.scalars(select(CheckpointTable.record).where(CheckpointTable.id == id)).one_or_none()
    return None if record is None else Checkpoint.model_validate(record)


def require_checkpoint(session: Session, id: str) -> Checkpoint:
    """The checkpoint as the transaction sees it.

    Raises:
        NotFoundError: the store does not know it.
    """
    found = find_checkpoint(session, id)
    if found is None:
        raise NotFoundError(f"checkpoint {id!r} is not in this home; `reasoner models list` shows those that are")
    return found


def newest_move(session: Session, scope: str) -> PointerTable | None:
    """The move that says where a pointer stands."""
    query = select(PointerTable).where(PointerTable.scope == scope).order_by(PointerTable.number.desc()).limit(1)
    return session.scalars(query).one_or_none()


def was_moved_by(session: Session, decision: str) -> bool:
    """Whether a pointer has been moved on the word of this decision."""
    return session.scalars(select(PointerTable).where(PointerTable.decision == decision).limit(1)).first() is not None


def has_reigned(session: Session, checkpoint: str) -> bool:
    """Whether a checkpoint has been champion of the home."""
    query = select(PointerTable).where(PointerTable.scope == HOME, PointerTable.checkpoint == checkpoint)
    return session.scalars(query.limit(1)).first() is not None


def whom_to_restore(session: Session, to: str | None) -> tuple[str, Checkpoint]:
    """The home's champion's id, and the former champion to go back to.

    Raises:
        UsageError: there is none, or it is champion already, or never was.
        NotFoundError: the checkpoint is not in the store.
    """
    move = newest_move(session, HOME)
    if move is None or (to is None and not move.previous):
        raise UsageError(
            "there is no former champion to go back to; `reasoner models list` shows the checkpoints of this home"
        )
    target = require_checkpoint(session, move.previous if to is None else to)
    if target.id == move.checkpoint:
        raise UsageError(f"{target.id!r} is the champion already; name another with --to")
    if not has_reigned(session, target.id):
        raise UsageError(
            f"{target.id!r} has never been champion of this home, and a rollback only goes back; a candidate becomes "
            "champion by `reasoner models promote --decision ID`"
        )
    return move.checkpoint, target


def move_pointer(
    session: Session, scope: str, *, checkpoint: str, cause: str, decision: str = "", by: str = "", reason: str = ""
) -> None:
    """Writes the next move of a pointer."""
    move = newest_move(session, scope)
    session.add(
        PointerTable(
            scope=scope,
            checkpoint=checkpoint,
            previous="" if move is None else move.checkpoint,
            cause=cause,
            decision=decision,
            moved_at=now(),
            by=by,
            reason=reason,
        )
    )
