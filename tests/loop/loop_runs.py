"""Starts real `reasoner loop` processes on the tiny preset, kills them where told, and reads what they left."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from loop_settings import TINY
from shared_folder import shared_folder

from memory.locks import exclusive


@dataclass
class Ended:
    """A process that is over."""

    code: int
    events: list[dict[str, Any]] = field(default_factory=list)
    words: str = ""

    def of(self, name: str) -> list[dict[str, Any]]:
        return [e for e in self.events if e["event"] == name]

    @property
    def done(self) -> dict[str, Any]:
        (event,) = self.of("done")
        return event


def arguments(home: Path, *words: str, cycles: int = 1) -> list[str]:
    """What stands behind `reasoner`."""
    return ["loop", "--home", str(home), "--cycles", str(cycles), "--json", *TINY, *words]


_SERVER = get_context("forkserver")
# Every run imports the same 15 s worth of libraries; a process that has them splits off one for each run.
_SERVER.set_forkserver_preload(["torch", "reasoner.bootstrap.loop", "agents.graphs.improve", "litellm", "matplotlib"])
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"


def _reasoner(words: list[str], output: Connection, errors: Connection | None) -> None:
    """The body of a process: all that `reasoner WORDS` does, on the given streams."""
    from reasoner.cli.main import main

    os.dup2(output.fileno(), sys.stdout.fileno())
    os.dup2((errors or output).fileno(), sys.stderr.fileno())
    # As in a process that was begun on them: the old objects remember what they were opened on, such as a file.
    sys.stdout = open(sys.stdout.fileno(), "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - open to the end
    sys.stderr = open(sys.stderr.fileno(), "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - open to the end
    sys.argv = ["reasoner", *words]
    main()


class Running:
    """A `reasoner loop` at work in a process of its own."""

    def __init__(self, home: Path, *words: str, cycles: int = 1, merged: bool = False, command: Sequence[str] = ()):
        """`merged` sends both streams into the one that `output` reads; else words to people are kept for `ended`.

        `command` stands in the place of `loop` and what belongs to it.
        """
        reading, writing = os.pipe()
        self._streams = ExitStack()
        self.output = self._streams.enter_context(os.fdopen(reading, encoding="utf-8"))
        self._errors = self._streams.enter_context(tempfile.TemporaryFile("w+"))  # noqa: SIM115 - the stack closes it
        with Connection(writing, readable=False) as output, Connection(os.dup(self._errors.fileno())) as errors:
            self.process = _SERVER.Process(
                target=_reasoner,
                args=([*command] or arguments(home, *words, cycles=cycles), output, None if merged else errors),
            )
            self.process.start()

    def send(self, number: int) -> None:
        """Sends a signal; one that comes after the end is lost."""
        assert self.process.pid is not None
        with suppress(ProcessLookupError):
            os.kill(self.process.pid, number)

    def kill(self) -> None:
        """Kills it with -9 and waits until it is gone."""
        self.send(signal.SIGKILL)
        assert self.ended().code == -signal.SIGKILL

    def has_ended(self) -> bool:
        """Whether the process is over."""
        return not self.process.is_alive()

    def ended(self) -> Ended:
        """Waits for the end; what it said and has not been read, and its exit code."""
        with self._streams:
            said = self.output.read()
            self.process.join(timeout=300)
            code = self.process.exitcode
            assert code is not None, "the process has closed its output and does not end"
            self.process.close()
            self._errors.seek(0)
            # What was killed may have stopped within a line.
            lines = said.splitlines() if code >= 0 else []
            events = [json.loads(line) for line in lines if line.startswith("{")]
            return Ended(code, events, self._errors.read())


def loop(home: Path, *words: str, cycles: int = 1) -> Ended:
    """Runs to its end."""
    return Running(home, *words, cycles=cycles).ended()


def loop_at_the_shell(home: Path) -> Ended:
    """Runs to its end as a user would start it: no process stands ready for it."""
    command = [sys.executable, "-m", "reasoner.cli.main", *arguments(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    return Ended(done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr)


def command(home: Path, *words: str) -> Ended:
    """Any other command, to its end."""
    return Running(home, command=[*words, "--home", str(home), "--json"]).ended()


def begin(home: Path) -> Path:
    """A new home whose base is trained already: copied from one that all test processes share."""
    made = shared_folder() / "begun"
    with exclusive(shared_folder() / "begun.lock"):
        if not made.exists():
            begins = made.with_name("begins")
            assert command(begins, "train", *TINY).code == 0
            begins.rename(made)
    shutil.copytree(made, home)
    return home


def loop_until(home: Path, said: str, *words: str, cycles: int = 1, with_signal: int = signal.SIGKILL) -> int:
    """Runs until it says `said`, in an event or in words, then sends the signal; returns the exit code."""
    running = Running(home, *words, cycles=cycles, merged=True)
    for line in running.output:
        if said in line:
            running.send(with_signal)
            break
    return running.ended().code


def run_folder(home: Path) -> Path:
    """The folder of the only run of a home."""
    (manifest,) = home.glob("runs/*/manifest.json")
    return manifest.parent


def paid_calls(home: Path) -> list[str]:
    """Ids of the calls that were paid for, in order, with repeats if there were any."""
    with closing(sqlite3.connect(home / "reasoner.db")) as connection:
        return [row[0] for row in connection.execute("SELECT key FROM teacher_requests ORDER BY key")]
