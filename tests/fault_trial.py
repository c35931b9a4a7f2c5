"""One trial of a fault: a command on a copy of a home, in which one system call fails, and the same command again.

`fault_shim.c` makes the calls fail; it is compiled once, and loaded into the process that all trials are forked from.
"""

import ctypes
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from errno import EACCES, EFBIG, EINTR, EIO, EMFILE, ENOLCK, ENOSPC, EROFS
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("fault_shim.c")
PATIENCE = 240.0
"""Seconds until a command hangs; locks are waited for 60."""
CODES = {0, 1, 2, 5}
LASTING = {ENOSPC, EROFS, EFBIG, EMFILE, ENOLCK}
"""Errors that stay until somebody does something about them; the others come once."""

FAULTS: dict[str, tuple[int, ...]] = {
    "write": (ENOSPC, EIO, EFBIG, EINTR),
    "fsync": (EIO, ENOSPC),
    "rename": (EROFS, EACCES),
    "open": (EMFILE, EROFS, EACCES, EIO),
    "mkdir": (ENOSPC, EROFS),
    "unlink": (EROFS, EIO),
    "truncate": (EIO,),
    "read": (EIO,),
    "lock": (ENOLCK,),
}
"""Class of system call, and the errors that it may end with."""


@cache
def shim() -> Path | None:
    """The library that makes calls fail; None where it cannot be made."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    made = Path(tempfile.mkdtemp(prefix="fault-shim-")) / "shim.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(made), str(SOURCE), "-ldl"]
    done = subprocess.run(command, capture_output=True, check=False)
    return made if done.returncode == 0 else None


@dataclass(frozen=True)
class Task:
    """A command that is tried, and what must be there afterwards."""

    name: str
    words: tuple[str, ...]
    """After `reasoner`; `--home` is added. `{out}` is a path beside the home."""
    kept: Callable[[Path, Path, str], str]
    """Of home, path beside it and standard output: what was said to be done and is not there; empty for nothing."""
    done: Callable[[Path, Path], str]
    """Of home and path beside it after the second start: what is missing; empty for nothing."""


@dataclass(frozen=True)
class Ended:
    """A process that is over."""

    code: int | None
    """None where it had to be ended."""
    out: str
    words: str
    calls: int
    """Calls of the class that was asked for, below the home."""


@dataclass(frozen=True)
class Trial:
    """What became of one fault."""

    task: str
    call: str
    error: int
    at: int
    first: Ended
    traceback: bool
    hang: bool
    lost: str

    @property
    def ok(self) -> bool:
        """Whether all of it ended as it must."""
        return not (self.traceback or self.hang or self.lost)


@cache
def _server() -> Any:
    """Forks processes that have the libraries and the shim in them already."""
    # Prices are asked for on the network otherwise.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    made = get_context("forkserver")
    made.set_forkserver_preload(
        [
            "torch",
            "reasoner.bootstrap",
            "agents.graphs.improve",
            "faiss",
            "litellm",
            "jobs.scheduler",
            "reasoner.bootstrap.schedules",
            "reasoner.models.greedy",
            "alembic.command",
        ]
    )
    return made


def _body(words: Sequence[str], environment: Mapping[str, str], library: str, out: str, err: str) -> None:
    os.environ.update(environment)
    if not environment["FAULT_ROOT"]:
        del os.environ["FAULT_ROOT"]
    ctypes.CDLL(library).fault_reload()
    for path, stream in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), stream)
    sys.argv = ["reasoner", *words]
    from reasoner.cli.main import main

    main()


def run(words: Sequence[str], home: Path, *, call: str = "", at: int = 0, error: int = EIO) -> Ended:
    """A command to its end; without `call` nothing fails."""
    library = shim()
    assert library is not None
    beside = home.parent
    counter, out, err = beside / "counter", beside / "out.txt", beside / "err.txt"
    counter.write_bytes(bytes(8))
    for path in (out, err):
        path.write_text("")
    environment = {
        "FAULT_ROOT": str(home) if call else "",
        "FAULT_CALL": call,
        "FAULT_AT": str(at),
        "FAULT_ERRNO": str(error),
        "FAULT_LASTING": "1" if error in LASTING else "0",
        "FAULT_COUNTER": str(counter),
    }
    before = os.environ.get("LD_PRELOAD")
    os.environ["LD_PRELOAD"] = str(library)
    try:
        whole = [*words, "--home", str(home)]
        process = _server().Process(target=_body, args=(whole, environment, str(library), str(out), str(err)))
        process.start()
    finally:
        os.environ.pop("LD_PRELOAD") if before is None else os.environ.update(LD_PRELOAD=before)
    process.join(PATIENCE)
    code = process.exitcode
    if code is None:
        process.terminate()
        process.join(70)
        process.kill()
        process.join()
    process.close()
    return Ended(code, out.read_text(), err.read_text(), int.from_bytes(counter.read_bytes(), sys.byteorder))


def try_fault(task: Task, prepared: Path, folder: Path, *, call: str, error: int, at: int) -> Trial:
    """The command with a fault, then without; both must end in words, and nothing that was done may be gone."""
    home, out = folder / "home", folder / "beside"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(prepared, home)
    words = [word.replace("{out}", str(out)) for word in task.words]
    first = run(words, home, call=call, at=at, error=error)
    lost = task.kept(home, out, first.out)
    again = run(words, home) if not (first.code == 0 and task.name in ("backup", "schedule")) else first
    lost = lost or task.kept(home, out, first.out)
    if not lost and again.code != 0:
        lost = f"the second start ended with {again.code}: {again.words.strip()[-300:]}"
    lost = lost or task.done(home, out)
    traceback = any("Traceback" in e.words or "Traceback" in e.out or _is_wordless(e) for e in (first, again))
    hang = first.code is None or again.code is None
    return Trial(task.name, call, error, at, first, traceback, hang, lost)


def _is_wordless(ended: Ended) -> bool:
    if ended.code in (0, None):
        return False
    return ended.code not in CODES or "error: " not in ended.words or "this is a bug in" in ended.words


def points(count: int, wanted: int, draw: Callable[[int, int], int]) -> list[int]:
    """The first call, one in the middle, the last and some drawn ones; drawn ones alone where few are wanted."""
    chosen = {1, (count + 1) // 2, count} if count and wanted >= 3 else set[int]()
    while len(chosen) < min(wanted, count):
        chosen.add(draw(1, count))
    return sorted(chosen)


def rows_of(home: Path, query: str) -> list[Any]:
    """Of the store of a home that nobody uses."""
    with closing(sqlite3.connect(home / "reasoner.db", timeout=PATIENCE)) as connection:
        return connection.execute(query).fetchall()


def objects(text: str) -> list[dict[str, Any]]:
    """Those of `--json`; a process that died may have stopped within a line."""
    found: list[dict[str, Any]] = []
    for line in text.splitlines():
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return found
