"""Encodes what is remembered with another checkpoint, and lets its space serve when everything is there.

The old space serves all the while. Every batch is its own transaction and what has its latent is never encoded again,
so a stopped or killed re-encoding goes on where it was.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.context import JobContext, database_of
from jobs.interrupt import Interrupted
from memory.index.retention import retention
from memory.latent_memory import LatentMemory
from memory.store.checkpoints import CheckpointStore
from memory.store.database import Database
from memory.store.examples import ExampleStore
from memory.store.latents import LatentStore
from memory.store.rows import BATCH
from memory.store.spaces import Serving, SpaceStore
from reasoner.types.record import Record

if TYPE_CHECKING:
    from reasoner.types.student import Student


class Reencoded(Record):
    """What a re-encoding came to."""

    space: str
    checkpoint: str
    encoded: int
    """Items by this call; those that had their latent already do not count."""
    seconds: float
    retained: float | None
    """Of each example's ten nearest in the former space, the share that is among its ten nearest in the new one; None
    if there is no former space."""


def reencode_job(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """Handler of `reencode` jobs; the payload names a `checkpoint`, and `threads` for its process."""
    database = database_of(context)
    try:
        done = reencode(
            database,
            context.home,
            payload["checkpoint"],
            report=context.report,
            should_stop=context.should_stop,
        )
    finally:
        database.close()
    return done.model_dump(mode="json")


def reencode(
    database: Database,
    home: Path,
    checkpoint: str,
    *,
    report: Callable[[float, str], None] = lambda _share, _note: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Reencoded:
    """Fills the space of a checkpoint and switches to it.

    Raises:
        Interrupted: `should_stop` said so; what is encoded stays.
    """
    from reasoner.students import load

    began = time.monotonic()
    chosen = CheckpointStore(database).get(checkpoint)
    student = load(home / "checkpoints" / checkpoint)
    former = SpaceStore(database).serving()
    latents, encoded = LatentStore(database), 0
    while True:
        for count, total in _fill(database, latents, student, chosen.fingerprint):
            encoded += count
            report(encoded / max(total, 1), _pace(encoded, total, time.monotonic() - began))
            if should_stop():
                raise Interrupted(f"{encoded} items were encoded; the same command goes on from there")
        LatentMemory(database, home, chosen.fingerprint).settle()
        # What was learnt meanwhile in another space is encoded in the next round.
        if not SpaceStore(database).switch(Serving(space=chosen.fingerprint, checkpoint=checkpoint)):
            break
    kept = retention(latents, former.space, chosen.fingerprint) if former else None
    return Reencoded(
        space=chosen.fingerprint,
        checkpoint=checkpoint,
        encoded=encoded,
        seconds=time.monotonic() - began,
        retained=kept,
    )


def _fill(database: Database, latents: LatentStore, student: "Student", space: str) -> Iterator[tuple[int, int]]:
    """Encodes what lacks its latent, batch by batch; yields how many of a batch, and of how many in all."""
    store = ExampleStore(database)
    lacking = {correct: latents.missing(space, correct=correct) for correct in (True, False)}
    total = sum(len(ids) for ids in lacking.values())
    for correct, ids in lacking.items():
        for start in range(0, len(ids), BATCH):
            chunk: Sequence[str] = ids[start : start + BATCH]
            items = store.found(chunk) if correct else store.found_wrong(chunk)
            vectors = student.embed([item.problem.question for item in items])
            latents.add(chunk, vectors, space=space, correct=correct)
            yield len(chunk), total


def _pace(done: int, total: int, seconds: float) -> str:
    left = seconds / done * (total - done) if done else 0.0
    return f"{done:,} of {total:,} encoded, {left:.0f} s left"
