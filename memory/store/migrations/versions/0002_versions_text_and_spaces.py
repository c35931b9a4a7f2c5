"""Versions of the memory, what was met again, full text, the space that serves, and columns to search by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Connection

from memory.sameness import question_key, solution_key
from memory.store import full_text
from reasoner.types.example import Example, WrongAttempt

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BATCH = 1000
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """New tables, new columns, and what they say of the rows that are there."""
    _make_tables()
    _add_columns()
    connection = op.get_bind()
    full_text.make(connection)
    began = _first_version(connection)
    _fill_examples(connection, began)
    _fill_wrong(connection, began)
    op.create_index("ix_latents_space_correct_number", "latents", ["space", "correct", "number"], unique=False)
    op.create_index("ix_examples_same", "examples", ["question_key", "solution_key"], unique=False)
    op.create_index("ix_examples_solution", "examples", ["solution_key"], unique=False)
    op.create_index("ix_examples_version", "examples", ["version"], unique=False)
    op.create_index("ix_examples_problem", "examples", ["problem"], unique=False)


def _make_tables() -> None:
    op.create_table(
        "memory_changes",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.String(length=255), nullable=False),
        sa.Column("correct", sa.Boolean(), nullable=False),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(op.f("ix_memory_changes_item"), "memory_changes", ["item"], unique=False)
    op.create_index(op.f("ix_memory_changes_version"), "memory_changes", ["version"], unique=False)
    op.create_table(
        "memory_spaces",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("space", sa.String(length=255), nullable=False),
        sa.Column("checkpoint", sa.String(length=255), nullable=False),
        sa.Column("moved_at", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "memory_versions",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("made_at", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "sightings",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("example", sa.String(length=255), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("met_at", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("key", name=op.f("uq_sightings_key")),
    )
    op.create_index(op.f("ix_sightings_example"), "sightings", ["example"], unique=False)


def _add_columns() -> None:
    words = ("problem", "domain", "source", "teacher", "run", "question_key", "solution_key", "learnt_at")
    for name in words:
        op.add_column("examples", sa.Column(name, sa.String(length=255), nullable=False, server_default=""))
    op.add_column("examples", sa.Column("answer", sa.Text(), nullable=False, server_default=""))
    for name in ("difficulty", "cycle"):
        op.add_column("examples", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in ("domain", "learnt_at"):
        op.add_column("wrong_attempts", sa.Column(name, sa.String(length=255), nullable=False, server_default=""))
    op.add_column("wrong_attempts", sa.Column("difficulty", sa.Integer(), nullable=False, server_default="0"))
    for table in ("examples", "wrong_attempts"):
        op.add_column(table, sa.Column("version", sa.BigInteger(), nullable=False, server_default="0"))
        op.add_column(table, sa.Column("dropped", sa.Boolean(), nullable=False, server_default=sa.false()))


def _first_version(connection: Connection) -> int:
    """The version that holds what was remembered before there were versions; 0 if nothing was."""
    if not any(
        connection.execute(sa.text(f"SELECT 1 FROM {t} LIMIT 1")).first() for t in ("examples", "wrong_attempts")
    ):
        return 0
    connection.execute(
        sa.text("INSERT INTO memory_versions (kind, cause, made_at) VALUES ('learnt', 'before versions were kept', '')")
    )
    return 1


def _fill_examples(connection: Connection, version: int) -> None:
    table = sa.table(
        "examples",
        *(sa.column(n) for n in ("id", "problem", "domain", "source", "teacher", "run", "question_key")),
        *(sa.column(n) for n in ("solution_key", "answer", "difficulty", "cycle", "version")),
        sa.column("record", sa.JSON()),
    )
    ids = list(connection.scalars(sa.select(table.c.id).order_by(table.c.id)))
    for start in range(0, len(ids), BATCH):
        wanted = table.c.id.in_(ids[start : start + BATCH])
        examples = [Example.model_validate(r) for r in connection.scalars(sa.select(table.c.record).where(wanted))]
        full_text.keep(connection, examples)
        connection.execute(
            table.update().where(table.c.id == sa.bindparam("key")),
            [
                {
                    "key": e.id,
                    "problem": e.problem.id,
                    "domain": e.problem.domain,
                    "source": e.source,
                    "teacher": e.teacher,
                    "run": e.lineage.run,
                    "cycle": e.lineage.cycle,
                    "difficulty": e.problem.difficulty,
                    "answer": e.problem.answer,
                    "question_key": question_key(e.problem.question),
                    "solution_key": solution_key(e.problem.steps, e.problem.answer),
                    "version": version,
                }
                for e in examples
            ],
        )


def _fill_wrong(connection: Connection, version: int) -> None:
    names = ("run", "id", "domain", "difficulty", "version")
    table = sa.table("wrong_attempts", *(sa.column(n) for n in names), sa.column("record", sa.JSON()))
    rows = connection.execute(sa.select(table.c.run, table.c.id, table.c.record)).all()
    if rows:
        problems = [(run, id, WrongAttempt.model_validate(record).problem) for run, id, record in rows]
        connection.execute(
            table.update().where(table.c.run == sa.bindparam("its_run"), table.c.id == sa.bindparam("its_id")),
            [
                {"its_run": run, "its_id": id, "domain": p.domain, "difficulty": p.difficulty, "version": version}
                for run, id, p in problems
            ],
        )
