"""A run's parts over small real students and a real store; attempts at gate sets are written, not made."""

from collections.abc import Collection
from pathlib import Path
from typing import Any, cast

from proposal_maker import believe
from student_maker import small_student

from agents.events import EventLog
from agents.parts import Clock, Parts
from agents.run_folder import RunFolder, write_records, write_text
from agents.state import Change, ImproveState
from jobs.context import JobContext
from jobs.handlers import HANDLERS
from memory.promotion import enthrone_base, promote
from memory.store.checkpoints import CheckpointStore
from memory.store.database import Database, open_database
from memory.store.decisions import DecisionStore
from memory.store.jobs import JobStore
from memory.store.runs import RunStore
from reasoner.config.loading import load_settings
from reasoner.config.resolved import dump_yaml
from reasoner.data.sources import open_source
from reasoner.domains.math.domain import MathDomain
from reasoner.models.checkpoints import load_student, save_student
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.job import Job, JobSpec
from reasoner.types.problem import Attempt, Problem
from reasoner.types.report import Comparison, Decision

RUN = "20261124-0000-math-tiny-test"


def make_parts(home: Path, *settings: str) -> Parts:
    """Of a run whose champion is the checkpoint `base`; its jobs are done in this process."""
    chosen, database, folder = load_settings("tiny", settings, {}, None), open_database(home), RunFolder(home, RUN)
    RunStore(database).create(RUN, "0123456789ab", chosen.model_dump(mode="json"), 0)
    write_text(folder.root / "config.resolved.yaml", dump_yaml(chosen))
    parts = Parts(
        run=RUN,
        settings=chosen,
        cycles=9,
        threads=1,
        database=database,
        folder=folder,
        domain=MathDomain(),
        source=open_source(chosen),
        events=EventLog(folder.root, RUN, lambda _: None),
        progress=lambda _: None,
        teacher_for=_nobody,
        run_job=lambda spec, on_progress: _here(database, spec),
        student_of=lambda id: load_student(home / "checkpoints" / id),
        clock=Clock(folder.root / "seconds.txt", limit=None),
    )
    enthrone_base(database, keep(parts, "base"))
    return parts


def _here(database: Database, spec: JobSpec) -> Job:
    """What a child would do, without the seconds that one takes to begin."""
    job = JobStore(database).file(spec)
    if job.state == "succeeded":
        return job
    folder = database.home / "jobs" / job.id
    context = JobContext(database.home, job.id, folder, lambda _share, _note: None, lambda: False)
    return JobStore(database).succeed(job.id, result=HANDLERS[spec.kind](context, spec.payload), seconds=0)


def _nobody(*_: Any) -> Any:
    raise AssertionError("no teacher is asked here")


def keep(parts: Parts, name: str, *, parent: str = "", core: str = "", number: int = 0) -> Checkpoint:
    """A fresh student under this name, unless its files are there."""
    folder = parts.home / "checkpoints" / name
    mark = save_student(small_student(number), folder, about={"parent": parent}) if not folder.exists() else name
    kind = "candidate" if parent else "base"
    made = Checkpoint(id=name, fingerprint=mark, parent=parent, kind=kind, run=RUN, cycle=0, core=core)
    return CheckpointStore(parts.database).add(made)


def sit(parts: Parts, name: str, right: Collection[int], *, cycle: int) -> None:
    """Has a checkpoint's attempts at a cycle's gate set: right are those at these places. Nothing was repaired."""
    attempts = [_attempt(problem, at in right) for at, problem in enumerate(parts.source.gate(cycle))]
    write_records(parts.folder.attempts(cycle, f"gate-{name}"), attempts)
    write_records(parts.folder.attempts(cycle, f"repairs-{name}"), [])


def _attempt(problem: Problem, right: bool) -> Attempt:
    answer = problem.answer if right else ""
    told = {"problem_id": problem.id, "skill": problem.skill, "difficulty": problem.difficulty}
    outcome = "right" if right else "wrong"
    return Attempt.model_validate({**told, "mode": "talk", "steps": (), "answer": answer, "outcome": outcome})


def crown(parts: Parts, candidate: str, champion: str, *, cycle: int) -> None:
    """Has a candidate been promoted in a cycle."""
    compared = Comparison(n=60, wins=9, losses=0, gain=0.15, ci95=(0.05, 0.25), p=0.002, vetoes=())
    decision = Decision(
        id=f"d-{candidate}",
        run=RUN,
        cycle=cycle,
        candidate=candidate,
        champion=champion,
        verdict="promote",
        comparison=compared,
        alpha=0.025,
        reason="better",
    )
    DecisionStore(parts.database).record(decision)
    promote(parts.database, decision.id, check=believe)


def state_of(champion: str, *, cycle: int, **more: Any) -> ImproveState:
    """The state as `examine` leaves it where there was no candidate."""
    state = {
        "run": RUN,
        "cycle": cycle,
        "champion": champion,
        "first": "base",
        "space": "",
        "failures": 0,
        "verifier": "",
        "searched": 0,
        "requests": 0,
        "accepted": 0,
        "candidate": "",
        "without_candidate": "nothing was learnt",
        "comparison": None,
        "watched": None,
        "verdict": "",
        "awaiting": "",
        **more,
    }
    return cast(ImproveState, state)


def after(state: ImproveState, changed: Change) -> ImproveState:
    """The state that the graph makes of a node's changes."""
    return cast(ImproveState, {**state, **changed})
