"""Keys of solutions are made of their steps to the letter: signs and blanks that were folded away can carry meaning."""

import sqlalchemy as sa
from alembic import op

from memory.sameness import solution_key

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BATCH = 500

examples = sa.table(
    "examples", sa.column("id", sa.String()), sa.column("record", sa.JSON()), sa.column("solution_key", sa.String())
)


def upgrade() -> None:
    """Makes every key again."""
    connection = op.get_bind()
    ids = list(connection.scalars(sa.select(examples.c.id).order_by(examples.c.id)))
    for start in range(0, len(ids), BATCH):
        wanted = examples.c.id.in_(ids[start : start + BATCH])
        found = connection.execute(sa.select(examples.c.id, examples.c.record).where(wanted))
        keys = [{"key": id, "made": solution_key(r["problem"]["steps"], r["problem"]["answer"])} for id, r in found]
        connection.execute(
            examples.update().where(examples.c.id == sa.bindparam("key")).values(solution_key=sa.bindparam("made")),
            keys,
        )


def downgrade() -> None:
    """Nothing to take away: under keys to the letter an older program finds fewer twins, and nothing else."""
