"""`reasoner selftest crash`: kills a small loop at every boundary, and compares what comes of it with one left alone.

A boundary is reached in the loop's own process, which kills itself there with SIGKILL: as a node begins, when the state
before it is saved, and as it has ended, when its own state is not. Nothing is told of it, nothing can be put in order.
Random moments are the parent's choice; they hit the training process too.
"""

import json
import os
import random
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from memory.locks import is_alive, pid_of
from memory.store.checkpoints import CheckpointStore
from memory.store.database import open_database
from memory.store.jobs import JobStore
from memory.store.ledger import CallLedger
from memory.store.runs import RunStore
from reasoner.config.settings import Settings
from reasoner.errors import ReasonerError
from reasoner.types.loop import Progress
from reasoner.types.record import Record
from reasoner.types.trace import TraceEvent

HEAVY = ["torch", "reasoner.bootstrap.loop", "agents.graphs.improve", "litellm", "matplotlib"]
"""Imported once, by the process that every run is forked from."""

SMALL = (
    "data.practice_size=40", "data.gate_size=50", "data.sealed_size=50", "train.base_updates=40",
    "train.decoder_updates=20", "train.finetune_updates=12", "train.checkpoint_every=4", "train.min_round_trip=0",
    "teacher.calls=4", "teacher.problems_per_call=2", "gate.alpha=0.499", "gate.veto_margin=0.9",
)  # fmt: skip
"""What makes the preset `tiny` quick enough to be run twenty times: every part at work, nothing learnt well."""

RANDOM = "random moments"
PATIENCE = 600.0
"""Seconds for one start of a run."""

Watch = Callable[[float, str], None]


class Outcome(Record):
    """What a run has come to. Two runs of the same configuration should come to the same."""

    fingerprint: str
    """Of the last champion."""
    checkpoints: tuple[str, ...]
    """Fingerprints of all checkpoints, sorted."""
    calls: tuple[str, ...]
    """Ids of the paid teacher calls, sorted, with repeats if there were any."""
    repeated_events: int
    unfinished_jobs: int


class Disturbed(Record):
    """One run that was killed."""

    where: str
    """Name of the node, or `random moments`."""
    kills: int
    same: bool
    """Whether it came to what the undisturbed run came to."""
    difference: str
    """In words; empty if the same."""


class CrashSelftest(Record):
    """What killing did."""

    undisturbed: Outcome
    runs: tuple[Disturbed, ...]
    paid_twice: int

    @property
    def kills(self) -> int:
        """Over all runs."""
        return sum(run.kills for run in self.runs)

    @property
    def passed(self) -> bool:
        """Whether every run came to the same and no call was paid twice."""
        return all(run.same for run in self.runs) and not self.paid_twice


def selftest_crash(
    settings: Settings,
    *,
    cycles: int,
    random_kills: int,
    nodes: Sequence[str] | None = None,
    watch: Watch = lambda _share, _note: None,
) -> CrashSelftest:
    """Runs the loop undisturbed, then once for each node with two kills, and once with kills at random moments.

    Args:
        settings: of a small run; the teacher is the built-in one whatever they say, so that nothing is paid.
        cycles: of each run.
        random_kills: in the last run; 0 leaves it out.
        nodes: at whose boundaries to kill; all that the undisturbed run came through by default.
        watch: told how far it is.

    Raises:
        ReasonerError: a run that nobody killed failed.
    """
    teacher = settings.teacher.model_copy(update={"model": "builtin/expert", "api_base": None})
    trial = _Trial(settings.model_copy(update={"teacher": teacher}), cycles)
    with tempfile.TemporaryDirectory(prefix="selftest-crash-") as scratch:
        root = Path(scratch)
        watch(0.0, "undisturbed")
        trial.finish(root / "undisturbed")
        expected, runs, twice = outcome_of(root / "undisturbed"), list[Disturbed](), 0
        places: list[str] = list(nodes or _nodes(root / "undisturbed")) + ([RANDOM] if random_kills else [])
        for at, where in enumerate(places):
            watch((1 + at) / (1 + len(places)), where)
            home = root / f"run-{at}"
            kills = _at_random(trial, home, random_kills, root) if where == RANDOM else _at_node(trial, home, where)
            trial.finish(home)
            found = outcome_of(home)
            twice += len(found.calls) - len(set(found.calls))
            difference = difference_of(expected, found)
            runs.append(Disturbed(where=where, kills=kills, same=not difference, difference=difference))
    return CrashSelftest(undisturbed=expected, runs=tuple(runs), paid_twice=twice)


class _Trial:
    """Starts the loop in processes of its own, all forked from one that has imported what it needs."""

    def __init__(self, settings: Settings, cycles: int) -> None:
        self.settings, self.cycles = settings, cycles
        # Read when litellm is imported, which the server of forks does.
        os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        self._server = get_context("forkserver")
        self._server.set_forkserver_preload(HEAVY)

    def start(self, home: Path, node: str = "", moment: str = "") -> BaseProcess:
        """A run in this home that kills itself where told."""
        arguments = (home, self.settings.model_dump(mode="json"), self.cycles, node, moment)
        process = self._server.Process(target=_live, args=arguments)
        process.start()
        return process

    def finish(self, home: Path) -> None:
        """Runs to the end."""
        process = self.start(home)
        process.join(PATIENCE)
        if process.exitcode != 0:
            process.kill()
            raise ReasonerError(
                f"a run that nobody killed ended with exit code {process.exitcode}; `reasoner loop` with the same "
                "settings shows why"
            )


def _live(home: Path, settings: dict[str, Any], cycles: int, node: str, moment: str) -> None:
    """The body of a process."""
    from reasoner.bootstrap.loop import run_loop

    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
        os.dup2(nowhere.fileno(), sys.stderr.fileno())

    def hear(event: TraceEvent) -> None:
        if moment == "ends" and event.event == "node" and event.body["node"] == node:
            os.kill(os.getpid(), signal.SIGKILL)

    def see(progress: Progress) -> None:
        if moment == "begins" and progress.node == node:
            os.kill(os.getpid(), signal.SIGKILL)

    run_loop(Settings.model_validate(settings), home=home, cycles=cycles, fresh=False, listener=hear, progress=see)


def _at_node(trial: _Trial, home: Path, node: str) -> int:
    """Kills as a node begins, and in the next start as it has ended; how often it was killed."""
    kills = 0
    for moment in ("begins", "ends"):
        process = trial.start(home, node, moment)
        process.join(PATIENCE)
        kills += process.exitcode == -signal.SIGKILL
    return kills


def _at_random(trial: _Trial, home: Path, wanted: int, root: Path) -> int:
    """Kills the run at random moments of the time that the undisturbed one took, every other time its job too."""
    chance, kills = random.Random(trial.settings.seed), 0
    (clock,) = root.glob("undisturbed/runs/*/seconds.txt")
    seconds = float(clock.read_text())
    for number in range(wanted):
        process = trial.start(home)
        # What was done stays done: so many kills have to share the time of one run.
        process.join(chance.uniform(0.1, 1.9 * seconds / wanted))
        if process.exitcode is not None:
            break
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        kills += 1 + (_kill_job(home) if number % 2 else 0)
    return kills


def _kill_job(home: Path) -> int:
    """Kills the process of a job that is worked on; how many, 0 or 1."""
    with closing(open_database(home)) as database:
        store = JobStore(database)
        marks = [store.process(job.id) for job in store.list() if job.state == "running"]
    for mark in marks:
        if is_alive(mark):
            os.kill(pid_of(mark), signal.SIGKILL)
            return 1
    return 0


def outcome_of(home: Path) -> Outcome:
    """What the only run of a home has come to."""
    with closing(open_database(home)) as database:
        (run,) = RunStore(database).list()
        fingerprints = sorted(one.fingerprint for one in CheckpointStore(database).list())
        calls = sorted(call.id for call in CallLedger(database, run.id).calls(None) if not call.cached)
        unfinished = sum(job.state != "succeeded" for job in JobStore(database).list())
    keys = [event["key"] for event in _events(home)]
    return Outcome(
        fingerprint=str(run.summary.get("fingerprint", "")),
        checkpoints=tuple(fingerprints),
        calls=tuple(calls),
        repeated_events=len(keys) - len(set(keys)),
        unfinished_jobs=unfinished,
    )


def difference_of(expected: Outcome, found: Outcome) -> str:
    """In what two outcomes differ, in words; empty if in nothing."""
    names = [name for name in Outcome.model_fields if getattr(expected, name) != getattr(found, name)]
    return ", ".join(f"{name}: {getattr(found, name)}, not {getattr(expected, name)}" for name in names)


def _nodes(home: Path) -> list[str]:
    """The nodes that a run came through, in their order."""
    return list(dict.fromkeys(event["node"] for event in _events(home) if event["event"] == "node"))


def _events(home: Path) -> list[dict[str, Any]]:
    (path,) = home.glob("runs/*/events.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
