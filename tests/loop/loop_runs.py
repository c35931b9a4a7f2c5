"""Starts real `reasoner loop` processes on the tiny preset, kills them where told, and reads what they left."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TINY = [
    "--config",
    "tiny",
    "data.practice_size=40",
    "data.gate_size=50",
    "data.sealed_size=50",
    "train.base_updates=40",
    "train.decoder_updates=20",
    "train.finetune_updates=12",
    "train.checkpoint_every=4",
    "train.min_round_trip=0",
    "teacher.calls=4",
    "teacher.problems_per_call=2",
    # Hardly a gate at all: half of the candidates that differ from the champion are promoted.
    "gate.alpha=0.499",
    "gate.veto_margin=0.9",
]
"""Every part of the loop; nothing is learnt well."""


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


def command(home: Path, *words: str, cycles: int = 1) -> list[str]:
    return [
        *(sys.executable, "-m", "reasoner.cli.main", "loop"),
        *("--home", str(home), "--cycles", str(cycles), "--json", *TINY, *words),
    ]


def environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1"}


def loop(home: Path, *words: str, cycles: int = 1) -> Ended:
    """Runs to its end."""
    done = subprocess.run(
        command(home, *words, cycles=cycles),
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
        timeout=300,
    )
    return Ended(done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr)


def loop_until(home: Path, said: str, *words: str, cycles: int = 1, with_signal: int = signal.SIGKILL) -> int:
    """Runs until it says `said`, in an event or in words, then sends the signal; returns the exit code."""
    process = subprocess.Popen(
        command(home, *words, cycles=cycles),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(),
    )
    assert process.stdout is not None
    for line in process.stdout:
        if said in line:
            process.send_signal(with_signal)
            break
    process.stdout.read()
    process.stdout.close()
    return process.wait(timeout=120)


def run_folder(home: Path) -> Path:
    """The folder of the only run of a home."""
    (manifest,) = home.glob("runs/*/manifest.json")
    return manifest.parent


def paid_calls(home: Path) -> list[str]:
    """Ids of the calls that were paid for, in order, with repeats if there were any."""
    import sqlite3

    with sqlite3.connect(home / "reasoner.db") as connection:
        return [row[0] for row in connection.execute("SELECT key FROM teacher_requests ORDER BY key")]
