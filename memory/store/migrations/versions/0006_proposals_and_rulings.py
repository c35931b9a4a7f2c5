"""Proposals that wait for a person, and what was ruled on them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two new tables."""
    op.create_table(
        "proposals",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("run", sa.String(length=255), nullable=False),
        sa.Column("candidate", sa.String(length=255), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=255), nullable=False),
        sa.Column("written_at", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id", name=op.f("uq_proposals_id")),
    )
    op.create_index(op.f("ix_proposals_run"), "proposals", ["run"])
    op.create_index(op.f("ix_proposals_candidate"), "proposals", ["candidate"])
    op.create_table(
        "rulings",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("proposal", sa.String(length=255), nullable=False),
        sa.Column("verdict", sa.String(length=255), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("at", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("proposal", name=op.f("uq_rulings_proposal")),
    )
