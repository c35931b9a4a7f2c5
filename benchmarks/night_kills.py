"""A night with a scheduler and two workers, of which somebody is killed again and again: what comes of it in the end.

    .venv/bin/python benchmarks/night_kills.py --kills 50 --cycles 4 --seed 0

Runs the night once undisturbed. Then, in another home, files it through a scheduler that leaves the work to two
workers, and kills (SIGKILL) a process drawn at random at random moments: scheduler, worker, the night's own process, or
the training process below it; scheduler and workers are started anew when they are dead. A night that ends before there
were kills enough is followed by another one in a new home, with other moments. Prints the runs and firings, the paid
calls, the jobs' states and the fingerprints of each; ends with 1 if they differ, if there was more than one run for a
firing, if anything was asked twice, or if a job is left unfinished. Linux; the teacher is the built-in one.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from memory.locks import is_alive, pid_of
from memory.store.database import Database, open_database
from memory.store.jobs import JobStore
from memory.store.ledger import CallLedger
from memory.store.runs import RunStore
from memory.store.schedules import ScheduleStore

REASONER = [sys.executable, "-m", "reasoner.cli.main"]
PATIENCE = 900.0
"""Seconds for a night, kills included."""


def reasoner(home: Path, *words: str) -> subprocess.Popen[bytes]:
    """A command of its own process."""
    environment = {**os.environ, "REASONER_HOME": str(home), "OMP_NUM_THREADS": "1"}
    quiet = subprocess.DEVNULL
    return subprocess.Popen([*REASONER, *words], env=environment, stdout=quiet, stderr=quiet)


def add(home: Path, cycles: int) -> None:
    """A schedule that is due every minute, and fires at the next."""
    words = ["schedule", "add", "night", "--cron", "* * * * *", "--timezone", "UTC", "--config", "tiny"]
    assert reasoner(home, *words, "--cycles", str(cycles), "compute.threads=1").wait() == 0


def undisturbed(home: Path, cycles: int) -> dict[str, Any]:
    """The night as nobody disturbs it."""
    add(home, cycles)
    assert reasoner(home, "schedule", "run", "night").wait() == 0
    return seen(home)


def disturbed(home: Path, cycles: int, kills: int, seed: int, slow: float = 1.0) -> dict[str, Any]:
    """The night with kills; the first firing's, since the schedule is removed once it has fired."""
    add(home, cycles)
    chance, done, deadline = random.Random(seed), 0, time.monotonic() + PATIENCE
    crew: dict[str, subprocess.Popen[bytes]] = {}
    database = open_database(home)
    while time.monotonic() < deadline:
        fired = any(firing.job for firing in ScheduleStore(database).firings("night"))
        if fired and crew.get("remover") is None:
            crew["remover"] = reasoner(home, "schedule", "remove", "night")
        for name, words in (
            ("scheduler", ["scheduler", "--no-work"]),
            ("one", ["jobs", "work"]),
            ("two", ["jobs", "work"]),
        ):
            if name not in crew or crew[name].poll() is not None:
                crew[name] = reasoner(home, *words)
        if fired and ended(database):
            break
        time.sleep(slow * chance.uniform(1.0, 7.0))
        if done < kills:
            done += kill_somebody(database, crew, chance)
    for process in crew.values():
        process.kill()
        process.wait()
    database.close()
    return {**seen(home), "kills": done}


def ended(database: Database) -> bool:
    """Whether every job has ended; one whose process has just died is shown as failed, and has not."""
    return all(job.ended_at for job in JobStore(database).list())


def kill_somebody(database: Database, crew: dict[str, subprocess.Popen[bytes]], chance: random.Random) -> int:
    """Kills one of the crew or of the processes at jobs; how many, 1 or 0."""
    store = JobStore(database)
    marks = [store.process(job.id) for job in store.list() if job.state == "running"]
    at_work = [pid_of(mark) for mark in marks if is_alive(mark)]
    targets = [p.pid for name, p in crew.items() if name != "remover" and p.poll() is None] + at_work
    if not targets:
        return 0
    try:
        os.kill(chance.choice(targets), signal.SIGKILL)
    except ProcessLookupError:
        return 0
    return 1


def seen(home: Path) -> dict[str, Any]:
    """What a home holds after its night."""
    database = open_database(home)
    try:
        runs = RunStore(database).list()
        ledger = [call.id for run in runs for call in CallLedger(database, run.id).calls(None) if not call.cached]
        return {
            "runs": len(runs),
            "fingerprints": [run.summary.get("fingerprint") for run in runs],
            "firings": [f.outcome for f in ScheduleStore(database).firings("night") if f.job],
            "jobs": sorted({job.state for job in JobStore(database).list()}),
            "errors": [job.error for job in JobStore(database).list() if job.state == "failed"],
            "calls": len(ledger),
            "requests": sum(CallLedger(database, run.id).spent().requests for run in runs),
            "asked_twice": len(ledger) - len(set(ledger)),
        }
    finally:
        database.close()


def main() -> int:
    """Runs the nights and compares them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--cycles", type=int, default=2)
    parser.add_argument("--nights", type=int, default=12, help="at the most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--slow", type=float, default=1.0, help="times the 1 to 7 seconds between two kills")
    given = parser.parse_args()
    kills, alike = 0, list[bool]()
    with tempfile.TemporaryDirectory() as folder:
        whole = undisturbed(Path(folder) / "whole", given.cycles)
        print(json.dumps({"undisturbed": whole}), flush=True)
        while kills < given.kills and len(alike) < given.nights:
            home, seed = Path(folder) / f"broken-{len(alike)}", given.seed + len(alike)
            broken = disturbed(home, given.cycles, given.kills - kills, seed, given.slow)
            kills += broken["kills"]
            alike.append(is_alike(broken, whole))
            print(json.dumps({"disturbed": broken, "same": alike[-1]}), flush=True)
    print(f"{kills} kills in {len(alike)} nights, {alike.count(True)} of them came to what the undisturbed one did")
    return 0 if all(alike) and kills >= given.kills else 1


def is_alike(broken: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Whether a night ended as the undisturbed one did, with one run for its firing and nothing asked twice."""
    same = all(broken[name] == whole[name] for name in ("runs", "fingerprints", "calls", "jobs"))
    return same and len(broken["firings"]) == broken["runs"] == 1 and not broken["asked_twice"]


if __name__ == "__main__":
    sys.exit(main())
