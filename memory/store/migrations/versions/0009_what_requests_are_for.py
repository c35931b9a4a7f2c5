"""Requests say what they are paid for: a teacher's lesson, a judge's verdict, an answer to a benchmark."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new column; whoever was asked before was a teacher."""
    column = sa.Column("purpose", sa.String(length=255), nullable=False, server_default="teach")
    op.add_column("teacher_requests", column)


def downgrade() -> None:
    """Takes it away, and with it all requests that an older program would take for a teacher's."""
    op.execute("DELETE FROM cache_hits WHERE request IN (SELECT number FROM teacher_requests WHERE purpose != 'teach')")
    op.execute("DELETE FROM teacher_requests WHERE purpose != 'teach'")
    op.drop_column("teacher_requests", "purpose")
