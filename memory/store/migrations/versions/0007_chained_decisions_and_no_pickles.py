"""Decisions are chained as rulings are, both chains have heads, and the pickled alarms of schedules are gone.

Decisions that were recorded before are chained as they are found: what verifies them is the attempts they rest on.
"""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ALARMS = "apscheduler_jobs"
BEGINNING = "0" * 64

decisions = sa.table(
    "decisions",
    sa.column("number", sa.BigInteger()),
    sa.column("id", sa.String()),
    sa.column("run", sa.String()),
    sa.column("record", sa.JSON()),
    sa.column("recorded_at", sa.String()),
    sa.column("digest", sa.String()),
)
rulings = sa.table("rulings", sa.column("number", sa.BigInteger()), sa.column("digest", sa.String()))


def upgrade() -> None:
    """A column, a table, and one table less. The pickles are dropped unread."""
    connection = op.get_bind()
    if sa.inspect(connection).has_table(ALARMS):
        op.drop_table(ALARMS)
    op.add_column("decisions", sa.Column("digest", sa.String(length=255), nullable=False, server_default=""))
    chains = op.create_table(
        "chains",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=255), nullable=False),
        sa.Column("seal", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    ruled = connection.execute(sa.select(rulings.c.digest).order_by(rulings.c.number)).scalars().all()
    heads = {"decisions": _chain_decisions(connection), "rulings": (len(ruled), ruled[-1] if ruled else BEGINNING)}
    rows = [{"name": n, "length": length, "digest": d, "seal": ""} for n, (length, d) in heads.items() if length]
    if rows:
        op.bulk_insert(chains, rows)


def downgrade() -> None:
    """Takes them away."""
    op.drop_table("chains")
    op.drop_column("decisions", "digest")


def _chain_decisions(connection: sa.Connection) -> tuple[int, str]:
    text = sa.cast(decisions.c.record, sa.Text)
    query = sa.select(decisions.c.number, decisions.c.id, decisions.c.run, text, decisions.c.recorded_at)
    length, before = 0, BEGINNING
    for number, id, run, record, recorded_at in connection.execute(query.order_by(decisions.c.number)).all():
        words = [id, run, _digest(record), recorded_at, before]
        length, before = length + 1, hashlib.sha256(json.dumps(words).encode()).hexdigest()
        connection.execute(sa.update(decisions).where(decisions.c.number == number).values(digest=before))
    return length, before


def _digest(record: str) -> str:
    try:
        return hashlib.sha256(json.dumps(json.loads(record), sort_keys=True).encode()).hexdigest()
    except (ValueError, RecursionError):
        return ""  # no digest fits it: it is refused whenever it is read
