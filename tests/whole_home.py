"""A small home with everything that a home can hold, made without training; and ways to damage one."""

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
from student_maker import small_student

from agents.checkpointing import open_saver
from agents.events import EventLog
from agents.run_folder import RunFolder
from memory.latent_memory import LatentMemory
from memory.promotion import enthrone_base
from memory.store.checkpoints import CheckpointStore
from memory.store.database import Database, open_database
from memory.store.runs import RunStore
from memory.store.verdicts import VerdictStore
from reasoner.models.checkpoints import save_student
from reasoner.storage.writing import write_json, write_text
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.example import Example, Lineage
from reasoner.types.problem import Problem, Provenance
from reasoner.types.teaching import Verdict

RUN = "20261122-0915-math-tiny-k3f9"
STUDENT = "base"
DONE = {"cycles": 0, "champion": STUDENT, "sealed": None, "teacher_calls": 0, "usd": 0.0, "seconds": 1.5}


def make_home(home: Path) -> Path:
    """A finished run of no cycle, its student as champion, and two remembered examples with their index."""
    with closing(open_database(home)) as database:
        mark = save_student(small_student(), home / "checkpoints" / STUDENT, about={"parent": ""})
        runs = RunStore(database)
        runs.create(RUN, "0123456789ab", {}, 0)
        record = Checkpoint(id=STUDENT, fingerprint=mark, parent="", kind="base", run=RUN, cycle=0)
        enthrone_base(database, CheckpointStore(database).add(record))
        _remember(database, home, mark)
        runs.finish(RUN, 0, {"champion": STUDENT})
    folder = RunFolder(home, RUN).root
    EventLog(folder, RUN, lambda _: None).write(
        "launch/0", "launch", home=home.name, config_hash="0123456789ab", git="", start=0
    )
    EventLog(folder, RUN, lambda _: None).write("done", "done", **DONE)
    write_json(folder / "manifest.json", {"run": RUN})
    write_json(folder / "limits.json", {"max_calls": 10})
    write_text(folder / "seconds.txt", "1.5")
    with open_saver(home):
        pass
    return home


def _remember(database: Database, home: Path, space: str) -> None:
    examples = [_example(number) for number in range(2)]
    verdicts = [
        Verdict(
            id=one.lineage.verdict,
            teacher_call="c",
            subject="solution",
            accepted=True,
            reason="",
            question=one.problem.question,
        )
        for one in examples
    ]
    VerdictStore(database).add(verdicts, run=RUN, cycle=1)
    latents = np.random.default_rng(0).normal(size=(2, 32)).astype(np.float32)
    memory = LatentMemory(database, home, space)
    memory.remember(examples, latents)
    memory.rebuild()


def _example(number: int) -> Example:
    problem = Problem(
        id=f"p{number}",
        domain="math",
        skill="add",
        difficulty=1,
        question=f"Ann has {number} pens and buys 7 more. How many pens does Ann have?",
        steps=(f"{number}+7={number + 7}",),
        answer=str(number + 7),
        structure=f"s{number}",
        provenance=Provenance(generator="test", version="1", seed=0, parameters={}),
    )
    lineage = Lineage(run=RUN, cycle=1, failure="f", teacher_call="c", verdict=f"v{number}")
    return Example(id=f"{number}" * 16, problem=problem, source="self", teacher="student", lineage=lineage)


def flip(path: Path, *, start: int) -> None:
    """Turns over 64 bytes of a file."""
    data = bytearray(path.read_bytes())
    data[start : start + 64] = bytes(255 - byte for byte in data[start : start + 64])
    path.write_bytes(data)


def cut(path: Path, *, share: float = 0.5) -> None:
    """Keeps the first part of a file."""
    os.truncate(path, int(share * path.stat().st_size))


def empty(path: Path) -> None:
    os.truncate(path, 0)


def zero_head(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(100))


def as_folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def as_pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def of_the_future(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def with_foreign_tables(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE songs (title TEXT)")


def with_a_damaged_log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").write_bytes(b"not a log" * 512)


def without_a_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE runs")


def with_text(text: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_text(text)

    return write


def with_garbage_in_its_middle(path: Path) -> None:
    first, *rest = path.read_text().splitlines(keepends=True)
    path.write_text("".join([first, "\0\0 not json\n", *rest]))


def with_a_foreign_page(page: Path) -> None:
    told = json.loads(page.read_text())
    page.write_text(json.dumps({**told, "vectors": "../../../reasoner.db"}))
