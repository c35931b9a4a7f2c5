"""What is killed in test_memory_kills.py: operations on a home, each acknowledged through a pipe once it is done."""

from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from memory_parts import checkpoint, example, hashed, latents, wrong

import jobs.reencode
from memory.latent_memory import LatentMemory
from memory.store.checkpoints import CheckpointStore
from memory.store.database import Database, open_database
from memory.store.spaces import Serving, SpaceStore
from memory.store.versions import VersionStore
from reasoner.types.example import Example

Operation = Callable[[Database, LatentMemory], object]

SPACE = "s"
"""The space that is served before a re-encoding."""
WIDTH = 16
BATCHES = 8
FIRST_SETTLED = 4
"""Number of the operation of an ingest after which there are index files."""
FILLED = 240
"""Examples of the home that is pruned."""
TO_ENCODE = 40
ENCODED_AT_ONCE = 6
STUDENT = "new"
"""Id of the checkpoint that is re-encoded with."""


def begin(kind: str, home: Path, pipe: Connection) -> None:
    """A child's life: tells `-1` when it is ready, then the number of each operation that is done."""
    database = open_database(home)
    pipe.send(-1)
    if kind == "reencode":
        reencode(database, lambda done: pipe.send(done))
        return
    memory = LatentMemory(database, home, SPACE)
    for number, operation in enumerate(OPERATIONS[kind]):
        operation(database, memory)
        pipe.send(number)


def solved(name: str, *, run: str = "r1", question: str = "", answer: str = "") -> Example:
    made = example(name, run=run)
    answer = answer or str(int(hashed(name)[:6], 16))
    changes = {"question": question or made.problem.question, "steps": (f"{answer}+0={answer}",), "answer": answer}
    return made.model_copy(update={"problem": made.problem.model_copy(update=changes)})


def batch(number: int) -> list[Example]:
    """Twelve new ones; two in other writing and two met by another run, of the batch before; two more solutions of one
    question, and what crowds them out in other writing."""
    shared = "Which of all the numbers is it?"
    fresh = [solved(f"{number}/{place}") for place in range(12)]
    crowd = [solved(f"{number}/crowd/{n}", question=shared, answer=f"{number}{n}") for n in range(2)]
    if not number:
        return [*fresh, *crowd]
    before = batch(number - 1)
    again = [solved(f"{number - 1}/{place}", run="r2") for place in range(2)]
    rewritten = [
        e.model_copy(
            update={
                "id": hashed(e.id),
                "problem": e.problem.model_copy(update={"question": e.problem.question.upper() + " "}),
            }
        )
        for e in (*before[2:4], *[e for e in before if e.problem.question == shared])
    ]
    return [*fresh, *again, *rewritten, *crowd]


def _ingest() -> list[Operation]:
    """Batches are remembered, wrong attempts beside them; every other time the indices are settled."""
    operations: list[Operation] = []
    for number in range(BATCHES):
        items = batch(number)
        vectors = latents(len(items), seed=number, width=WIDTH)
        operations.append(lambda _, memory, items=items, vectors=vectors: memory.remember(items, vectors))
        missed = [wrong(f"{number}/{place}") for place in range(4)]
        operations.append(
            lambda _, memory, missed=missed, seed=100 + number: memory.remember_wrong(
                missed, latents(4, seed=seed, width=WIDTH)
            )
        )
        if number % 2:
            operations.append(lambda _, memory: memory.settle())
    return operations


def _drop(start: int, stop: int, *, correct: bool = True) -> Operation:
    ids = [hashed(str(n)) for n in range(start, stop)]
    return lambda database, _: VersionStore(database).drop(ids, kind="pruned", cause="test", correct=correct)


def _restore(start: int, stop: int) -> Operation:
    ids = [hashed(str(n)) for n in range(start, stop)]
    return lambda database, _: VersionStore(database).restore(ids, cause="test")


def _revert(to: int) -> Operation:
    return lambda database, _: VersionStore(database).revert(to, cause="test")


def _settle() -> Operation:
    return lambda _, memory: memory.settle()


OPERATIONS: dict[str, list[Operation]] = {
    "ingest": _ingest(),
    # Examples are version 1 of the home, wrong attempts 2, and every operation but settling makes one more.
    "prune": [
        _drop(0, 150),
        _settle(),
        _drop(0, 10, correct=False),
        _drop(100, 200),
        _restore(20, 180),
        _settle(),
        _revert(3),
        _drop(150, 240),
        _revert(2),
        _settle(),
        _drop(0, 200),
        _revert(1),
    ],
}


def fill_to_prune(home: Path) -> None:
    """A home of many examples and some wrong attempts, settled."""
    database = open_database(home)
    memory = LatentMemory(database, home, SPACE)
    memory.remember([solved(str(n)) for n in range(FILLED)], latents(FILLED, width=WIDTH))
    memory.remember_wrong([wrong(str(n)) for n in range(20)], latents(20, seed=1, width=WIDTH))
    memory.settle()
    database.close()


def fill_to_reencode(home: Path) -> None:
    """A home whose examples have latents in the space that serves, and a student that another space belongs to."""
    from student_maker import small_student, some_problems

    from reasoner.models.checkpoints import save_student

    database = open_database(home)
    items = [
        example(str(n)).model_copy(update={"problem": problem}) for n, problem in enumerate(some_problems(TO_ENCODE))
    ]
    memory = LatentMemory(database, home, SPACE)
    memory.remember(items, latents(TO_ENCODE, width=WIDTH))
    memory.remember_wrong([wrong(str(n)) for n in range(7)], latents(7, seed=1, width=WIDTH))
    memory.settle()
    mark = save_student(small_student(), home / "checkpoints" / STUDENT, about={})
    checkpoints = CheckpointStore(database)
    checkpoints.add(checkpoint("old"))
    checkpoints.add(checkpoint(STUDENT).model_copy(update={"fingerprint": mark}))
    assert SpaceStore(database).switch(Serving(space=SPACE, checkpoint="old")) == 0
    database.close()


def reencode(database: Database, acknowledge: Callable[[int], object]) -> int:
    """Re-encodes, batch by batch, while more is learnt in the space that serves; how many items were encoded."""
    jobs.reencode.BATCH = ENCODED_AT_ONCE
    batches = iter(range(1000))

    def report(_share: float, _note: str) -> None:
        acknowledge(done := next(batches))
        if done == 0:
            late = [solved(f"late {n}") for n in range(3)]
            LatentMemory(database, database.home, SPACE).remember(late, latents(3, seed=9, width=WIDTH))

    return jobs.reencode.reencode(database, database.home, STUDENT, report=report).encoded


def told(pipe: Connection) -> list[int]:
    """Everything that a dead child had acknowledged and nobody had read."""
    numbers: list[int] = []
    try:
        while True:
            numbers.append(pipe.recv())
    except EOFError:
        return numbers
