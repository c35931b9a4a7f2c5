"""The latent space that searches are made in: one at a time, and switched only to one that holds everything."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.store.database import Database
from memory.store.latents import missing_latents
from memory.store.tables import SpaceTable, now
from reasoner.types.record import Record


class Serving(Record):
    """Which space serves."""

    space: str
    """Fingerprint of the encoder."""
    checkpoint: str
    """Id of a checkpoint that has it."""


class SpaceStore:
    """The switches of a home."""

    def __init__(self, database: Database):
        self._database = database

    def serving(self) -> Serving | None:
        """The space that serves; None before the first switch."""
        query = select(SpaceTable).order_by(SpaceTable.number.desc()).limit(1)
        with self._database.reading() as session:
            row = session.scalars(query).one_or_none()
            return None if row is None else Serving(space=row.space, checkpoint=row.checkpoint)

    def switch(self, to: Serving) -> int:
        """Lets a space serve if it holds everything that is remembered; how many latents it lacks, 0 if it serves now.

        Both are one transaction: nothing can be learnt between the look and the switch.
        """
        with self._database.session() as session:
            return switch_if_complete(session, to)


def switch_if_complete(session: Session, to: Serving) -> int:
    """`SpaceStore.switch` within a transaction."""
    lacking = sum(len(missing_latents(session, to.space, correct=correct)) for correct in (True, False))
    newest = session.scalars(select(SpaceTable).order_by(SpaceTable.number.desc()).limit(1)).one_or_none()
    if not lacking and (newest is None or newest.space != to.space):
        session.add(SpaceTable(space=to.space, checkpoint=to.checkpoint, moved_at=now()))
    return lacking
