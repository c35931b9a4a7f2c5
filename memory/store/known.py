"""Which content the home has already, asked by id."""

from collections.abc import Sequence

from sqlalchemy import select

from memory.store.database import Database
from memory.store.rows import chunks
from memory.store.tables import ExampleTable


def known_examples(database: Database, ids: Sequence[str]) -> set[str]:
    """Those of the ids whose content the home has learnt from whichever run, dropped since or not."""
    with database.reading() as session:
        return {
            id
            for chunk in chunks(ids)
            for id in session.scalars(select(ExampleTable.id).where(ExampleTable.id.in_(chunk)))
        }
