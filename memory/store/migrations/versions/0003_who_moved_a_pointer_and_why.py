"""Who moved a champion pointer, and why, where a person did."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns; moves made before were the loop's own."""
    op.add_column("pointer_moves", sa.Column("by", sa.String(length=255), nullable=False, server_default=""))
    op.add_column("pointer_moves", sa.Column("reason", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Takes them away."""
    op.drop_column("pointer_moves", "reason")
    op.drop_column("pointer_moves", "by")
