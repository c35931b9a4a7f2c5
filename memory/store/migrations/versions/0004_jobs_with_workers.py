"""Jobs: priority and limits, who is at them and since when, and who asked them to stop."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXTS = ("host", "worker", "heartbeat_at", "stop_asked", "ended_at")


def upgrade() -> None:
    """New columns; jobs filed before have no limits and no worker."""
    for name in ("priority", "deaths"):
        op.add_column("jobs", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("minutes", sa.Double(), nullable=True))
    op.add_column("jobs", sa.Column("memory_mb", sa.Integer(), nullable=True))
    for name in TEXTS:
        op.add_column("jobs", sa.Column(name, sa.String(length=255), nullable=False, server_default=""))


def downgrade() -> None:
    """Takes them away."""
    for name in ("priority", "deaths", "minutes", "memory_mb", *TEXTS):
        op.drop_column("jobs", name)
