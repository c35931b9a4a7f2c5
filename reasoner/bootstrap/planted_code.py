"""Serialised objects that run code when a careless reader opens them, planted where a home keeps its data.

What runs is always the same and harmless: a marker file is made. The formats are those that readers in this field have
run code for: pickles (plain, in numpy files, in torch files), msgpack objects that name a callable, YAML tags, classes
that a model's configuration names, callables in rows of jobs and schedules.
"""

import hashlib
import json
import pickle
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from agents.checkpointing import PlainSerializer, open_saver
from agents.run_folder import RunFolder
from memory.backup import STORE, read_manifest, sums, write_manifest
from memory.index.files import Files, Kept, Page
from memory.index.kinds import EXACT
from memory.promotion import enthrone_base
from memory.store.checkpoints import CheckpointStore
from memory.store.database import open_database
from memory.store.jobs import JobStore
from memory.store.runs import RunStore
from memory.store.schedules import ScheduleStore
from reasoner.bootstrap.memory_audit import audit_memory
from reasoner.bootstrap.memory_backup import backup_memory, restore_memory
from reasoner.bootstrap.recall import search_by_latent
from reasoner.bootstrap.schedules import keep_watch
from reasoner.bootstrap.solving import solve
from reasoner.bootstrap.work import work_jobs
from reasoner.config.loading import load_settings
from reasoner.config.settings import Settings
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.job import JobSpec
from reasoner.types.schedule import Schedule

ALARMS = "apscheduler_jobs"
"""The table in which APScheduler keeps pickled jobs; homes from before revision 0007 have it."""

EXTENSIONS = range(9)
"""Codes of the msgpack extension types that LangGraph gives a meaning to, and one more."""


class Planted(NamedTuple):
    """One object, and what a command does that comes upon it."""

    kind: str
    where: str
    marker: Path
    """Is there once the code has run."""
    read: Callable[[], object]


class Bomb:
    """Unpickled, it makes a file."""

    def __init__(self, marker: Path):
        self._marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (str(self._marker), "w")


class Plants:
    """Plants below a folder, each with a marker and, where needed, a home of its own.

    Args:
        root: a scratch folder.
        checkpoint: folder of a saved student.
    """

    def __init__(self, root: Path, checkpoint: Path):
        self._root, self._checkpoint = root, checkpoint
        self._count = 0

    def all(self) -> Iterator[Planted]:
        """Everything that is known."""
        yield from self._alarms()
        yield from self._graph()
        yield from self._arrays()
        yield from self._tensors()
        yield from self._models()
        yield from self._language_students()
        yield from self._yaml()
        yield from self._rows()
        yield from self._tasks()

    def _place(self) -> tuple[Path, Path]:
        """A new folder, and a marker beside it."""
        self._count += 1
        folder = self._root / str(self._count)
        folder.mkdir()
        return folder, self._root / f"{self._count}.ran"

    def _home(self) -> tuple[Path, Path]:
        """A home with a champion."""
        home, marker = self._place()
        shutil.copytree(self._checkpoint, home / "checkpoints" / "base")
        with closing(open_database(home)) as database:
            about = json.loads((self._checkpoint / "checkpoint.json").read_text(encoding="utf-8"))
            base = Checkpoint(id="base", fingerprint=about["fingerprint"], parent="", kind="base", run="r", cycle=0)
            CheckpointStore(database).add(base)
            enthrone_base(database, base)
        with _sql(home) as database:
            database.execute("INSERT INTO memory_spaces VALUES (1, ?, 'base', '')", (about["fingerprint"],))
        return home, marker

    def _alarms(self) -> Iterator[Planted]:
        watch = partial(keep_watch, once=True, work=False, say=lambda _: None)
        home, marker = self._home()
        with _sql(home) as database:
            _plant_alarm(database, marker)
        yield Planted("pickle", f"table {ALARMS}", marker, partial(watch, home=home))
        home, marker = self._home()
        with _sql(home) as database:
            database.execute("DROP TABLE chains")
            database.execute("ALTER TABLE decisions DROP COLUMN digest")
            database.execute("ALTER TABLE teacher_requests DROP COLUMN purpose")
            database.execute("UPDATE alembic_version SET version_num = '0006'")
            _plant_alarm(database, marker)
        yield Planted("pickle", f"table {ALARMS} of an old home", marker, partial(watch, home=home))
        home, marker = self._home()
        kept = home.with_name(f"{home.name}-backup")
        backup_memory(home, kept, with_checkpoints=True)
        with closing(sqlite3.connect(kept / STORE)) as database, database:
            _plant_alarm(database, marker)
        write_manifest(kept, read_manifest(kept).model_copy(update={"files": sums(kept)}))
        new = home.with_name(f"{home.name}-restored")

        def restored() -> None:
            restore_memory(kept, home=new)
            watch(home=new)

        yield Planted("pickle", f"table {ALARMS} of a backup", marker, restored)

    def _graph(self) -> Iterator[Planted]:
        for code in EXTENSIONS:
            home, marker = self._place()
            yield self._state(home, marker, "msgpack", _extension(code, marker), f"extension type {code}")
        for version in (1, 2):
            home, marker = self._place()
            named = {"lc": version, "type": "constructor", "id": ["builtins", "open"], "args": [str(marker), "w"]}
            yield self._state(home, marker, "json", json.dumps(named).encode(), f"constructor, version {version}")
        home, marker = self._place()
        yield self._state(home, marker, "pickle", pickle.dumps(Bomb(marker)), "pickle")
        home, marker = self._place()
        kind, content = PlainSerializer().dumps_typed({"v": 4, "id": "1", "ts": "", "channel_values": {}})
        yield self._state(home, marker, kind, content, "a write, extension type 1", write=_extension(1, marker))

    def _state(
        self, home: Path, marker: Path, kind: str, content: bytes, what: str, *, write: bytes | None = None
    ) -> Planted:
        with open_saver(home):
            pass
        with closing(sqlite3.connect(home / "graph.db")) as database, database:
            state = ("r", "", "1", None, kind, content, b"{}")
            database.execute("INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?)", state)
            if write is not None:
                row = ("r", "", "1", "t", "", 0, "champion", "msgpack", write)
                database.execute("INSERT INTO writes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

        def read() -> None:
            with open_saver(home) as saver:
                saver.get_tuple({"configurable": {"thread_id": "r"}})

        return Planted("graph state", f"graph.db: {what}", marker, read)

    def _arrays(self) -> Iterator[Planted]:
        home, marker = self._home()
        _object_array(home / "vector.npy", marker)
        yield Planted("pickle", "a .npy file", marker, partial(search_by_latent, home, home / "vector.npy", k=1))
        for what in ("vectors", "rows"):
            folder, marker = self._place()
            vectors, rows = folder / "right-1.faiss", folder / "right-1.npz"
            np.savez(rows, numbers=np.zeros(1, np.int64), items=np.array([b"x"]), alive=np.ones(1, bool))
            if what == "rows":
                np.savez(rows, allow_pickle=True, **{n: _objects(marker) for n in ("numbers", "items", "alive")})  # pyright: ignore[reportArgumentType]
            vectors.write_bytes(pickle.dumps(Bomb(marker)))
            kept = Kept(space="s", after=1, version=1, choice=EXACT, settled=1)
            page = Page(
                kept=kept,
                vectors=vectors.name,
                vectors_sha256=_sum(vectors),
                rows=rows.name,
                rows_sha256=_sum(rows),
            )
            (folder / "right.json").write_text(page.model_dump_json(), encoding="utf-8")
            yield Planted("pickle", f"{what} of an index, sums made to fit", marker, Files(folder, "right").read)

    def _tensors(self) -> Iterator[Planted]:
        from agents.reporting.page.latents import latents_file, read_latents
        from reasoner.models.checkpoints import load_student
        from reasoner.models.stored_fingerprint import TOKENIZER, WEIGHTS
        from reasoner.storage.checkpoint_file import NAME, OLD
        from reasoner.training.adapters import FACTORS, read_factors
        from reasoner.training.claims import JudgedClaims

        for name in (WEIGHTS, NAME, OLD, TOKENIZER):
            folder, marker = self._place()
            shutil.copytree(self._checkpoint, folder, dirs_exist_ok=True)
            if name == OLD:
                (folder / NAME).unlink()
            (folder / name).write_bytes(_torch_file(marker))
            yield Planted("torch file", f"a checkpoint's {name}", marker, partial(load_student, folder))
        folder, marker = self._place()
        (folder / FACTORS).write_bytes(_torch_file(marker))
        yield Planted("torch file", f"a checkpoint's {FACTORS}", marker, partial(read_factors, folder))
        folder, marker = self._place()
        (folder / "training.safetensors").write_bytes(pickle.dumps(Bomb(marker)))
        read = partial(JudgedClaims.load, folder / "training.safetensors")
        yield Planted("pickle", "a verifier's training.safetensors", marker, read)
        folder, marker = self._place()
        run = RunFolder(folder, "r")
        latents_file(run, "base").parent.mkdir(parents=True)
        latents_file(run, "base").write_bytes(pickle.dumps(Bomb(marker)))
        yield Planted("pickle", "a run's latents", marker, partial(read_latents, run, "base"))

    def _models(self) -> Iterator[Planted]:
        from reasoner.models.pretrained import load_encoder, load_language_model

        for name in ("pytorch_model.bin", "model.pt", "model.safetensors"):
            folder, marker = self._place()
            (folder / name).write_bytes(_torch_file(marker))
            plain = {"model_type": "bert", "hidden_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2}
            (folder / "config.json").write_text(json.dumps(plain), encoding="utf-8")
            yield Planted("torch file", f"an encoder's {name}", marker, partial(load_encoder, str(folder)))
        for read in (load_encoder, load_language_model):
            folder, marker = self._place()
            named = {"AutoConfig": "own.C", "AutoModel": "own.M", "AutoTokenizer": ["own.T", "own.T"]}
            (folder / "config.json").write_text(json.dumps({"model_type": "own", "auto_map": named}), encoding="utf-8")
            (folder / "own.py").write_text(f"open({str(marker)!r}, 'w')\n", encoding="utf-8")
            yield Planted("class of its own", "a model's config.json", marker, partial(read, str(folder)))

    def _language_students(self) -> Iterator[Planted]:
        """Folders that other programs of this field would read with pickle, or would run a class of."""
        from reasoner.storage.checkpoint_file import CheckpointFile, write_checkpoint
        from reasoner.students.language.adapter import CONFIG, WEIGHTS, stored_adapter
        from reasoner.students.language.files import fingerprint_of, load_language_student

        named = {"AutoConfig": "own.C", "AutoModelForCausalLM": "own.M", "AutoTokenizer": ["own.T", "own.T"]}
        told = {"model": "x", "mark": "x", "stored": "weights", "dtype": "float32", "way": "plain", "form": "lines"}
        told |= {"instruction": "", "max_prompt_tokens": 8, "max_new_tokens": 8}
        for name in ("pytorch_model.bin", "model.safetensors", "own.py"):
            folder, marker = self._place()
            own = name == "own.py"
            config = {"model_type": "own", "auto_map": named} if own else {"model_type": "llama"}
            (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
            code = f"open({str(marker)!r}, 'w')\n".encode()
            (folder / name).write_bytes(code if own else _torch_file(marker))
            said = CheckpointFile(kind="language", fingerprint="", settings=told, about={})
            write_checkpoint(folder, said)
            fitting = said.model_copy(update={"fingerprint": fingerprint_of(folder)})
            (folder / "checkpoint.json").unlink()
            write_checkpoint(folder, fitting)
            kind = "class of its own" if own else "torch file"
            yield Planted(kind, f"a language student's {name}", marker, partial(load_language_student, folder))
        for name in (WEIGHTS, "adapter_model.bin"):
            folder, marker = self._place()
            (folder / CONFIG).write_text(json.dumps({"r": 1, "lora_alpha": 1, "target_modules": ["q"]}), "utf-8")
            (folder / name).write_bytes(_torch_file(marker))
            read = partial(stored_adapter, None, folder, name="x")
            yield Planted("torch file", f"a language student's {name}", marker, read)

    def _yaml(self) -> Iterator[Planted]:
        for tag in ("python/object/apply:builtins.open", "python/object/new:builtins.open"):
            folder, marker = self._place()
            value = f"!!{tag} [{marker}, w]"
            (folder / "own.yaml").write_text(f"seed: {value}\n", encoding="utf-8")
            read = partial(load_settings, str(folder / "own.yaml"), (), {}, None)
            yield Planted("YAML tag", f"a settings file, {tag}", marker, read)
            folder, marker = self._place()
            words = (f"seed=!!{tag} [{marker}, w]",)
            yield Planted("YAML tag", f"an argument, {tag}", marker, partial(load_settings, None, words, {}, None))
            folder, marker = self._place()
            (folder / ".env").write_text(f"REASONER_SEED='!!{tag} [{marker}, w]'\n", encoding="utf-8")
            read = partial(load_settings, None, (), {}, folder / ".env")
            yield Planted("YAML tag", f"a .env file, {tag}", marker, read)

    def _rows(self) -> Iterator[Planted]:
        for kind in ("os:system", "builtins:open"):
            home, marker = self._home()
            with closing(open_database(home)) as database:
                job = JobStore(database).file(JobSpec(key="k", kind="evaluate", payload={"args": [str(marker), "w"]}))
            with _sql(home) as database:
                database.execute("UPDATE jobs SET kind = ? WHERE id = ?", (kind, job.id))
            yield Planted("callable", f"a job of kind {kind}", marker, partial(work_jobs, home, until_empty=True))
        home, marker = self._home()
        record = {"name": "n", "cron": "* * * * *", "func": "builtins:open", "args": [str(marker), "w"]}
        with _sql(home) as database:
            row = (1, "n", json.dumps(record), "2026-01-01T00:00:00+00:00", 0)
            database.execute("INSERT INTO schedules VALUES (?, ?, ?, ?, ?)", row)
        watch = partial(keep_watch, home=home, once=True, work=True, say=lambda _: None)
        yield Planted("callable", "a schedule's row", marker, watch)
        with closing(open_database(home)) as database:
            entries = ScheduleStore(database).entries()
        assert entries[0].fault, "a row with a callable is read as if it were a schedule"

    def _tasks(self) -> Iterator[Planted]:
        """Stored names of tasks: of a run, a job, a checkpoint, a schedule, a task file's checker."""
        home, marker = self._home()
        task = self._task_file(home, marker)
        with closing(open_database(home)) as database:
            RunStore(database).create("r", "h", {"task": {"name": task}}, 0)
        yield Planted("task file", "a run's settings", marker, partial(audit_memory, home))
        home, marker = self._home()
        payload = {"settings": {"task": {"name": self._task_file(home, marker)}}, "count": 1, "out": "x", "threads": 1}
        with closing(open_database(home)) as database:
            JobStore(database).file(JobSpec(key="k", kind="synthesize", payload=payload))
        yield Planted("task file", "a job's payload", marker, partial(work_jobs, home, until_empty=True))
        home, marker = self._home()
        config = home / "checkpoints" / "base" / "checkpoint.json"
        about = json.loads(config.read_text(encoding="utf-8"))
        about["about"]["task"] = self._task_file(home, marker)
        config.write_text(json.dumps(about), encoding="utf-8")
        asked: dict[str, Any] = {"question": "1+1?", "checkpoint": None, "mode": "talk"}
        yield Planted("task file", "a checkpoint", marker, partial(solve, Settings(), home=home, **asked))
        home, marker = self._home()
        entry = Schedule(
            name="n",
            cron="* * * * *",
            timezone="UTC",
            config=None,
            overrides=(f"task.name={self._task_file(home, marker)}",),
            folder=str(home),
            config_hash="",
            cycles=1,
        )
        with closing(open_database(home)) as database:
            ScheduleStore(database).add(entry, since=(datetime.now(UTC) - timedelta(minutes=2)).isoformat())
        watch = partial(keep_watch, home=home, once=True, work=True, say=lambda _: None)
        yield Planted("task file", "a schedule", marker, watch)
        home, marker = self._home()
        own = self._task_file(home, marker)
        text = f"rows: rows.jsonl\nchecker: {{kind: '{own}'}}\n"
        (home / "x.task.yaml").write_text(text, encoding="utf-8")
        (home / "rows.jsonl").write_text('{"question": "1+1?", "answer": 2}\n', encoding="utf-8")
        with closing(open_database(home)) as database:
            RunStore(database).create("r", "h", {"task": {"name": str(home / "x.task.yaml")}}, 0)
        yield Planted("task file", "a run's task, whose checker is a file", marker, partial(audit_memory, home))

    def _task_file(self, home: Path, marker: Path) -> str:
        """A task's name that runs code as soon as its file is imported."""
        file = home / "planted.py"
        file.write_text(f"open({str(marker)!r}, 'w')\nclass Task: pass\n", encoding="utf-8")
        return f"{file}:Task"


def _plant_alarm(database: sqlite3.Connection, marker: Path) -> None:
    database.execute(f"CREATE TABLE {ALARMS} (id VARCHAR(191) PRIMARY KEY, next_run_time FLOAT, job_state BLOB)")
    database.execute(f"INSERT INTO {ALARMS} VALUES ('x', 1.0, ?)", (pickle.dumps(Bomb(marker)),))


def _extension(code: int, marker: Path) -> bytes:
    """A msgpack extension object that names a callable the way LangGraph's type of this code does."""
    here = __name__
    named: dict[int, list[Any]] = {
        0: [here, "touch", str(marker)],
        1: ["builtins", "open", [str(marker), "w"]],
        3: [here, "Toucher", str(marker), "touch"],
    }
    words = named.get(code, ["builtins", "open", {"file": str(marker), "mode": "w"}])
    _, inner = PlainSerializer().dumps_typed(words)
    return b"\xc8" + len(inner).to_bytes(2, "big") + bytes([code]) + inner


def touch(marker: str) -> None:
    """What a planted name calls."""
    Path(marker).touch()


class Toucher:
    """For names of methods."""

    touch = staticmethod(touch)


def _objects(marker: Path) -> np.ndarray:
    array = np.empty(1, dtype=object)
    array[0] = Bomb(marker)
    return array


def _object_array(path: Path, marker: Path) -> None:
    np.save(path, _objects(marker), allow_pickle=True)


def _torch_file(marker: Path) -> bytes:
    import io

    import torch

    written = io.BytesIO()
    torch.save(Bomb(marker), written)
    return written.getvalue()


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def _sql(home: Path) -> Iterator[sqlite3.Connection]:
    """A home's store as a plain SQLite file, whose changes are kept."""
    with closing(sqlite3.connect(home / STORE)) as database, database:
        yield database
