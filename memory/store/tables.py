"""The tables, one class each. Change them together with a new migration; a test compares the two.

Records are kept whole as JSON beside the columns that are searched by. Money is counted in whole nano-dollars, so that
sums are exact in any order. Nothing here is ever deleted, and nothing is ever executed: every column is a text,
a number, plain JSON or a vector. The words of examples stand a second time in `memory_text`,
which `memory.store.full_text` makes and reads: each database has its own kind of it.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, LargeBinary, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# SQLite counts rows by itself only in columns that are called INTEGER.
Counter = BigInteger().with_variant(Integer, "sqlite")


def now() -> str:
    """The present moment as ISO text in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Table(DeclarativeBase):
    """The base of all tables."""

    metadata = MetaData(
        naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s"}
    )
    type_annotation_map = {str: String(255), dict[str, Any]: JSON}  # noqa: RUF012 (SQLAlchemy's own attribute)


class WriterTable(Table):
    """One row. Where the database has no BEGIN IMMEDIATE, a write transaction begins by taking it."""

    __tablename__ = "writer"
    id: Mapped[int] = mapped_column(primary_key=True)
    turn: Mapped[int] = mapped_column(BigInteger)


class RunTable(Table):
    """Runs of `reasoner loop`."""

    __tablename__ = "runs"
    number: Mapped[int] = mapped_column(Counter, primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    config_hash: Mapped[str] = mapped_column(index=True)
    settings: Mapped[dict[str, Any]]
    seed: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]
    superseded: Mapped[bool]
    cycles_done: Mapped[int]
    summary: Mapped[dict[str, Any]]
    started_at: Mapped[str]
    ended_at: Mapped[str]


class RequestTable(Table):
    """Requests to teachers and judges: reserved before they are sent, then done, failed or lost."""

    __tablename__ = "teacher_requests"
    __table_args__ = (UniqueConstraint("run", "key", "attempt"), Index("ix_teacher_requests_key_state", "key", "state"))
    number: Mapped[int] = mapped_column(Counter, primary_key=True)
    run: Mapped[str]
    key: Mapped[str]
    attempt: Mapped[int]
    cycle: Mapped[int | None]
    model: Mapped[str]
    problem_id: Mapped[str]
    state: Mapped[str]
    requests: Mapped[int]
    nano_usd: Mapped[int] = mapped_column(BigInteger)
    process: Mapped[str]
    lesson: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The answer that was paid for: a lesson or, where it is a judge's, a verdict."""
    error: Mapped[str] = mapped_column(Text)
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    seconds: Mapped[float]
    reserved_at: Mapped[str]
    ended_at: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="teach", server_default="teach")


class CacheHitTable(Table):
    """Calls that a run did not have to pay, because they were answered before."""

    __tablename__ = "cache_hits"
    run: Mapped[str] = mapped_column(primary_key=True)
    cycle: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[int] = mapped_column(BigInteger)


class ExampleTable(Table):
    """Verified examples by content, as first seen in this home."""

    __tablename__ = "examples"
    __table_args__ = (
        Index("ix_examples_same", "question_key", "solution_key"),
        Index("ix_examples_solution", "solution_key"),
        Index("ix_examples_version", "version"),
        Index("ix_examples_problem", "problem"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    skill: Mapped[str] = mapped_column(index=True)
    record: Mapped[dict[str, Any]]
    problem: Mapped[str]
    domain: Mapped[str]
    difficulty: Mapped[int]
    source: Mapped[str]
    teacher: Mapped[str]
    run: Mapped[str]
    cycle: Mapped[int]
    answer: Mapped[str] = mapped_column(Text)
    question_key: Mapped[str]
    solution_key: Mapped[str]
    learnt_at: Mapped[str]
    version: Mapped[int] = mapped_column(BigInteger)
    dropped: Mapped[bool]


class MembershipTable(Table):
    """Which run learnt which example in which cycle, and whence."""

    __tablename__ = "memberships"
    __table_args__ = (Index("ix_memberships_run_cycle", "run", "cycle"),)
    run: Mapped[str] = mapped_column(primary_key=True)
    example: Mapped[str] = mapped_column(primary_key=True, index=True)
    cycle: Mapped[int]
    record: Mapped[dict[str, Any]]


class WrongTable(Table):
    """Failed attempts."""

    __tablename__ = "wrong_attempts"
    run: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True, index=True)
    cycle: Mapped[int]
    skill: Mapped[str]
    record: Mapped[dict[str, Any]]
    domain: Mapped[str]
    difficulty: Mapped[int]
    learnt_at: Mapped[str]
    version: Mapped[int] = mapped_column(BigInteger)
    dropped: Mapped[bool]


class SightingTable(Table):
    """What was met again, word for word or nearly: counted under the example that stands for it, never stored anew."""

    __tablename__ = "sightings"
    number: Mapped[int] = mapped_column(Counter, primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    example: Mapped[str] = mapped_column(index=True)
    record: Mapped[dict[str, Any]]
    met_at: Mapped[str]


class VersionTable(Table):
    """Every change of the memory, in order."""

    __tablename__ = "memory_versions"
    number: Mapped[int] = mapped_column(Counter, primary_key=True)
    kind: Mapped[str]
    cause: Mapped[str] = mapped_column(Text)
    made_at: Mapped[str]


class ChangeTable(Table):
    """Items that a version took out of the memory or put back. What a version learnt says so itself."""

    __tablename__ = "memory_changes"
    number: Mapped[int] = mapped_column(Counter, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, index=True)
    item: Mapped[str] = mapped_column(index=True)
    correct: Mapped[bool]
    dropped: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)


class SpaceTable(Table):
    """Every switch of the latent space that searches are made in; the newest serves."""

    __tablename__ = "memory_spaces"
    number: Mapped[int] = mapped_column(Counter, primary_key=True)
    space: Mapped[str]
    checkpoint: Mapped[str]
    moved_at: Mapped[str]


class LatentTable(Table):
    """One vector for each example or wrong attempt in each latent space, little-endian float32."""

    __tablename__ = "latents"
    __table_args__ = (
        UniqueConstraint("space", "correct", "item"),
        Index("ix_latents_space_correct_number", "space", "correct", "number"),
    )
    number: Mapped[int] = mapped_column(Counter, primary_key=True)
    space: Mapped[str]
    correct: Mapped[bool]
    item: Mapped[str]
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class VerdictTable(Table):
    """What the check made of what teachers wrote."""

    __tablename__ = "verdicts"
    run: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True, index=True)
    cycle: Mapped[int]
    teacher_call: Mapped[str] = mapped_column(index=True)
    accepted: Mapped[bool]
    record: Mapped[dict[str, Any]]


class DecisionTable(Table):
    """The gate's words, in the order in which they were recorded."""

    __tablename__ = "decisions"
    number: Mapped[int] = mapped_column(Counter, primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    run: Mapped[str] = mapped_column(index=True)
    record: Mapped[dict[str, Any]]
    recorded_at: Mapped[str]
    digest: Mapped[str]


class ProposalTable(Table):
    """Changes of champion that wait, or waited, for a person. Written once."""

    __tablename__ = "proposals"
    number: Mapped[int] = mapped_column(Counter, primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    run: Mapped[str] = mapped_column(index=True)
    candidate: Mapped[str] = mapped_column(index=True)
    record: Mapped[dict[str, Any]]
    digest: Mapped[str]
    written_at: Mapped[str]


class RulingTable(Table):
    """What was ruled on proposals, one row each, in the order in which it was ruled. Appended to, never changed."""

    __tablename__ = "rulings"
    number: Mapped[int] = mapped_column(Counter, primary_key=True)
    proposal: Mapped[str] = mapped_column(unique=True)
    verdict: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    digest: Mapped[str]


class ChainTable(Table):
    """Where each chain of rows ends: how many they are, and the last one's digest."""

    __tablename__ = "chains"
    name: Mapped[str] = mapped_column(primary_key=True)
    length: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str]
    seal: Mapped[str]


class CheckpointTable(Table):
    """Saved students, in the order in which they were added."""

    __tablename__ = "checkpoints"
    number: Mapped[int] = mapped_column(Counter, primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    run: Mapped[str] = mapped_column(index=True)
    record: Mapped[dict[str, Any]]
    added_at: Mapped[str]


class PointerTable(Table):
    """Every move of a champion pointer; the newest of a scope is where it stands. An empty scope is the home."""

    __tablename__ = "pointer_moves"
    number: Mapped[int] = mapped_column(Counter, primary_key=True)
    scope: Mapped[str] = mapped_column(index=True)
    checkpoint: Mapped[str]
    previous: Mapped[str]
    cause: Mapped[str]
    decision: Mapped[str]
    moved_at: Mapped[str]
    by: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)


class JobTable(Table):
    """Work for child processes."""

    __tablename__ = "jobs"
    number: Mapped[int] = mapped_column(Counter, primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str]
    attempts: Mapped[int]
    progress: Mapped[float]
    note: Mapped[str] = mapped_column(Text)
    result: Mapped[dict[str, Any]]
    error: Mapped[str] = mapped_column(Text)
    seconds: Mapped[float]
    process: Mapped[str]
    filed_at: Mapped[str]
    priority: Mapped[int]
    minutes: Mapped[float | None]
    memory_mb: Mapped[int | None]
    host: Mapped[str]
    worker: Mapped[str]
    deaths: Mapped[int]
    heartbeat_at: Mapped[str]
    stop_asked: Mapped[str]
    ended_at: Mapped[str]


class ScheduleTable(Table):
    """Schedules of nightly runs. One that is removed stays, so that its firings can be read."""

    __tablename__ = "schedules"
    number: Mapped[int] = mapped_column(Counter, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    record: Mapped[dict[str, Any]]
    seen_until: Mapped[str]
    removed: Mapped[bool]


class FiringTable(Table):
    """What became of each scheduled moment."""

    __tablename__ = "firings"
    __table_args__ = (UniqueConstraint("schedule", "scheduled"),)
    number: Mapped[int] = mapped_column(Counter, primary_key=True)
    schedule: Mapped[str]
    scheduled: Mapped[str]
    fired_at: Mapped[str]
    process: Mapped[str]
    outcome: Mapped[str]
    job: Mapped[str]
    note: Mapped[str] = mapped_column(Text)
