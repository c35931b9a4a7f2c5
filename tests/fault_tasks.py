"""The commands that faults are tried on, each with a home that is ready for it and with what must never be lost."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from fault_trial import Task, objects, rows_of, run
from loop_settings import TINY
from student_maker import small_student, some_problems
from whole_home import make_home

from agents.judging import example_id
from memory.backup import read_manifest, require_sums
from memory.export import row_of
from memory.store.checkpoints import CheckpointStore
from memory.store.database import open_database
from reasoner.errors import ReasonerError
from reasoner.models.checkpoints import save_student
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.example import Example, Lineage

ROWS = 40
NEXT = ("--checkpoint", "next")
NIGHT = ("--config", "tiny", "--cron", "0 2 * * *", "--timezone", "UTC", "--cycles", "1")


def small_home(home: Path) -> None:
    """With a second student whose space is empty, rows to import beside it, and a schedule that is due."""
    make_home(home)
    with closing(open_database(home)) as database:
        mark = save_student(small_student(seed=1), home / "checkpoints" / "next", about={"parent": ""})
        record = Checkpoint(id="next", fingerprint=mark, parent="", kind="base", run="r", cycle=0)
        CheckpointStore(database).add(record)
    rows = [json.dumps(row_of(_example(number), "records")) + "\n" for number in range(ROWS)]
    (home / "rows.jsonl").write_text("".join(rows))


def _example(number: int) -> Example:
    problem = some_problems(ROWS)[number]
    lineage = Lineage(run="elsewhere", cycle=2, teacher_call="call", verdict=f"v-{number}")
    return Example(id=example_id(problem), problem=problem, source="teacher_problem", teacher="t", lineage=lineage)


def looped_home(home: Path) -> None:
    """With a run of one cycle, to be gone on with."""
    ended = run(("loop", "--cycles", "1", *TINY), home)
    assert ended.code == 0, ended.words


def tasks(home: Path) -> dict[str, tuple[Callable[[Path], None], Task]]:
    """By name: what makes its home, and the command. `home` names where the trials' home will lie."""
    rows = str(home / "rows.jsonl")
    found = (
        (small_home, Task("import", ("memory", "import", rows, "--json"), _imported, _all_imported)),
        (small_home, Task("backup", ("memory", "backup", "{out}", "--json"), _backed_up, _backup_whole)),
        (small_home, Task("re-encode", ("memory", "reindex", *NEXT, "--json"), _encoded, _whole_space)),
        (small_home, Task("schedule", ("schedule", "add", "night", *NIGHT, "--json"), _scheduled, _all_scheduled)),
        (small_home, Task("scheduler", ("scheduler", "--once", "--no-work", "--json"), _fired, _nothing)),
        (looped_home, Task("loop", ("loop", "--cycles", "2", "--json", *TINY), _looped, _loop_done)),
    )  # fmt: skip
    return {task.name: (make, task) for make, task in found}


def _imported(home: Path, _: Path, out: str) -> str:
    accepted = sum(e["accepted"] for e in objects(out) if e["event"] == "import")
    there = rows_of(home, "SELECT count(*) FROM examples")[0][0] - 2
    return f"{accepted} rows were accepted, {there} are there" if accepted > there else ""


def _all_imported(home: Path, _: Path) -> str:
    there = rows_of(home, "SELECT count(*) FROM examples")[0][0] - 2
    return "" if there > ROWS // 2 else f"{there} of {ROWS} rows are there"


def _backed_up(_home: Path, out: Path, said: str) -> str:
    return _backup_whole(_home, out) if any(e["event"] == "backup" for e in objects(said)) or out.exists() else ""


def _backup_whole(_: Path, out: Path) -> str:
    try:
        require_sums(out, read_manifest(out))
    except ReasonerError as error:
        return str(error)
    return ""


def _encoded(home: Path, _: Path, out: str) -> str:
    told = [e for e in objects(out) if e["event"] == "reindex"]
    return _whole_space(home, _) if told else ""


def _whole_space(home: Path, _: Path) -> str:
    missing = rows_of(home, "SELECT count(*) FROM examples")[0][0] - rows_of(
        home, "SELECT count(*) FROM latents WHERE correct AND space = (SELECT space FROM memory_spaces "
        "ORDER BY number DESC LIMIT 1)",
    )[0][0]  # fmt: skip
    return f"{missing} examples have no latent in the space that is searched" if missing else ""


def _scheduled(home: Path, _: Path, out: str) -> str:
    return _all_scheduled(home, _) if any(e["event"] == "schedule" for e in objects(out)) else ""


def _all_scheduled(home: Path, _: Path) -> str:
    return "" if rows_of(home, "SELECT name FROM schedules WHERE NOT removed") == [("night",)] else "no schedule"


def _fired(home: Path, _: Path, out: str) -> str:
    told = {e["scheduled"] for e in objects(out) if e["event"] == "firing"}
    there = {row[0] for row in rows_of(home, "SELECT scheduled FROM firings")}
    return "" if told <= there else f"firings {told - there} are not in the store"


def _nothing(_home: Path, _: Path) -> str:
    return ""


def _looped(home: Path, _: Path, out: str) -> str:
    written = [
        event
        for path in home.glob("runs/*/events.jsonl")
        for event in map(json.loads, path.read_text().split("\n")[:-1])
    ]
    for told in objects(out):
        if told["event"] != "done" and not any(all(w.get(k) == v for k, v in told.items()) for w in written):
            return f"event {told['event']} of cycle {told.get('cycle')} was told and is not in the run's events"
    return ""


def _loop_done(home: Path, _: Path) -> str:
    found = rows_of(home, "SELECT state, cycles_done FROM runs ORDER BY number DESC LIMIT 1")
    return "" if found == [("finished", 2)] else f"the run stands as {found}"
