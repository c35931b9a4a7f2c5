"""A backup is the store at one moment, whole or not there; what is changed in it is found."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from memory_parts import example, latents
from sqlalchemy import text

from memory.backup import made_whole
from memory.store.copying import copy_store
from memory.store.database import open_database
from memory.store.examples import ExampleStore
from memory.store.latents import LatentStore
from memory.store.verdicts import VerdictStore
from reasoner.bootstrap.memory_backup import backup_memory, restore_memory
from reasoner.errors import DataError, NotFoundError, UsageError
from reasoner.types.teaching import Verdict

WRITER = """
import sys
from pathlib import Path
from memory_parts import example, latents
from memory.store.database import open_database
from memory.store.examples import ExampleStore
from memory.store.latents import LatentStore
store = ExampleStore(open_database(Path(sys.argv[1])))
for number in range(100_000):
    store.add([example(str(number))], latents(1), space="s")
    print(number, flush=True)
"""
HALF = """
import sys, time
from pathlib import Path
from memory.backup import made_whole
with made_whole(Path(sys.argv[1])) as partial:
    (partial / "reasoner.db").write_text("half")
    print("half way", flush=True)
    time.sleep(60)
"""


def started(code: str, *arguments: str) -> "subprocess.Popen[str]":
    path = os.pathsep.join(sys.path)
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )


def test_a_backup_made_while_another_process_writes_holds_all_that_was_acknowledged(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with started(WRITER, str(home)) as writer:
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(40)][-1]
        manifests = [backup_memory(home, tmp_path / f"b{n}", with_checkpoints=False) for n in range(3)]
        assert writer.poll() is None, "it wrote all the time"
        writer.kill()
    counts = [manifest.counts["examples"] for manifest in manifests]
    assert counts == sorted(counts)
    assert counts[0] > acknowledged
    restore_memory(tmp_path / "b2", home=tmp_path / "again")
    database = open_database(tmp_path / "again")
    with database.reading() as session:
        assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    store = ExampleStore(database)
    ids = {e.id for e in store.examples(run=None, up_to_cycle=None)}
    assert ids == {example(str(number)).id for number in range(counts[2])}
    assert LatentStore(database).spaces()["s"] == counts[2]
    database.close()


def test_what_is_killed_half_way_looks_like_no_backup(tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    with started(HALF, str(folder)) as half:
        assert half.stdout is not None
        half.stdout.readline()
        half.send_signal(signal.SIGKILL)
    assert not folder.exists()
    with made_whole(folder) as partial:
        (partial / "reasoner.db").write_text("whole")
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    database = open_database(tmp_path / "home")
    ExampleStore(database).add([example("a")], latents(1), space="s")
    database.close()
    backup_memory(tmp_path / "home", tmp_path / "backup", with_checkpoints=True)
    return tmp_path / "backup"


def test_a_home_is_never_restored_over_another(backup: Path, tmp_path: Path) -> None:
    before = (tmp_path / "home" / "reasoner.db").read_bytes()
    with pytest.raises(UsageError, match="has a store already"):
        restore_memory(backup, home=tmp_path / "home")
    assert (tmp_path / "home" / "reasoner.db").read_bytes() == before
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").touch()
    with pytest.raises(UsageError, match="not empty"):
        restore_memory(backup, home=tmp_path / "other")
    (tmp_path / "empty").mkdir()
    restore_memory(backup, home=tmp_path / "empty")
    with pytest.raises(UsageError, match="not empty"):
        backup_memory(tmp_path / "home", backup, with_checkpoints=False)


def test_a_changed_file_is_found_before_anything_is_restored(backup: Path, tmp_path: Path) -> None:
    content = bytearray((backup / "reasoner.db").read_bytes())
    content[-1] ^= 1
    (backup / "reasoner.db").write_bytes(content)
    with pytest.raises(DataError, match="found sum"):
        restore_memory(backup, home=tmp_path / "again")
    assert not (tmp_path / "again").exists()
    manifest = (backup / "manifest.json").read_text()
    (backup / "manifest.json").write_text(manifest.replace('"reasoner.db"', '"../reasoner.db"'))
    with pytest.raises(DataError, match="below the folder"):
        restore_memory(backup, home=tmp_path / "again")
    (backup / "manifest.json").unlink()
    with pytest.raises(DataError, match="is no backup"):
        restore_memory(backup, home=tmp_path / "again")


def test_a_backup_of_a_newer_version_is_refused(backup: Path, tmp_path: Path) -> None:
    manifest = (backup / "manifest.json").read_text()
    (backup / "manifest.json").write_text(manifest.replace('"revision": "0', '"revision": "9'))
    with pytest.raises(UsageError, match="update the package"):
        restore_memory(backup, home=tmp_path / "again")


def test_a_home_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="holds no runs yet"):
        backup_memory(tmp_path / "typo", tmp_path / "backup", with_checkpoints=False)
    assert list(tmp_path.iterdir()) == []


def test_a_store_on_a_server_names_the_tool_that_copies_it_and_no_password(tmp_path: Path) -> None:
    elsewhere = cast(Any, SimpleNamespace(url="postgresql://me:secret@host/db"))
    with pytest.raises(UsageError, match="pg_dump") as refused:
        copy_store(elsewhere, tmp_path / "copy.db")
    assert "secret" not in str(refused.value)
    assert not (tmp_path / "copy.db").exists()


def test_a_run_keeps_each_verdict_once(tmp_path: Path) -> None:
    store = VerdictStore(open_database(tmp_path))
    verdicts = [
        Verdict(id=f"v{n}", teacher_call="", subject="solution", question="q", accepted=True, reason="accepted")
        for n in range(700)
    ]
    assert store.add(verdicts[:650], run="r", cycle=0) == 650
    assert store.add(verdicts, run="r", cycle=0) == 50
