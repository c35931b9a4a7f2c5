"""The questions that a run has learnt to answer, with their latents: what its coverage is measured by."""

import numpy as np
from sqlalchemy import select

from memory.store.database import Database
from memory.store.tables import ExampleTable, LatentTable, MembershipTable
from reasoner.types.record import Record


class LearntQuestions(Record, arbitrary_types_allowed=True):
    """Of a run's examples, in the order of their ids."""

    keys: list[str]
    """`memory.sameness.question_key` of each, M."""
    vectors_MD: np.ndarray
    """float32; (0, 0) if there is none."""


def learnt_questions(database: Database, *, run: str, up_to_cycle: int, space: str) -> LearntQuestions:
    """The questions of what a run has learnt up to and with a cycle and what is in the memory still.

    An example that has no latent in this space is left out: in the run's own space that is one that stands for what the
    run learnt and that a run with another encoder had brought.
    """
    query = (
        select(ExampleTable.question_key, LatentTable.vector)
        .join(MembershipTable, MembershipTable.example == ExampleTable.id)
        .join(LatentTable, LatentTable.item == ExampleTable.id)
        .where(MembershipTable.run == run, MembershipTable.cycle <= up_to_cycle, ExampleTable.dropped.is_(False))
        .where(LatentTable.space == space, LatentTable.correct)
        .order_by(ExampleTable.id)
    )
    with database.reading() as session:
        rows = session.execute(query).all()
    width = len(rows[0].vector) // 4 if rows else 0
    vectors = np.frombuffer(b"".join(row.vector for row in rows), dtype="<f4").reshape(len(rows), width)
    return LearntQuestions(keys=[row.question_key for row in rows], vectors_MD=vectors.astype(np.float32))
