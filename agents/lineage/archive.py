"""What stores and run folders hold, asked for run by run and kept while a walk lasts."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from agents.reporting.events import Event, of_kind, read_events
from agents.run_folder import RESTORE, RunFolder, read_records
from memory.store.checkpoints import CheckpointStore, PointerMove
from memory.store.database import Database
from memory.store.decisions import DecisionStore
from memory.store.ids import IdStore, Kind
from memory.store.jobs import JobStore
from memory.store.lineage import LineageStore
from memory.store.runs import RunStore
from memory.store.verdicts import VerdictStore
from reasoner.storage.json_lines import read_lines
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.example import Example
from reasoner.types.job import Job
from reasoner.types.problem import Attempt
from reasoner.types.report import Decision
from reasoner.types.teaching import TeacherCall, TeacherRequest, Verdict

TRACED: tuple[Kind, ...] = ("checkpoint", "decision", "job", "example", "verdict", "teacher call", "problem")
"""What a lineage can begin at; `latest` is the newest checkpoint."""


class Archive:
    """A home's records. Every answer is looked up once."""

    def __init__(self, database: Database, home: Path) -> None:
        self.home, self.places = home, LineageStore(database)
        self._database = database
        self.runs: Callable[[], list[str]] = cache(lambda: [row.id for row in RunStore(database).list()])
        self.learnt: Callable[[str], list[Example]] = cache(self.places.learnt)
        self.events: Callable[[str], list[Event]] = cache(self._events)
        self.jobs: Callable[[], list[Job]] = cache(JobStore(database).list)
        self.checkpoints: Callable[[], dict[str, Checkpoint]] = cache(
            lambda: {one.id: one for one in CheckpointStore(database).list()}
        )
        self.decisions: Callable[[str], list[Decision]] = cache(DecisionStore(database).for_run)
        self.moves: Callable[[str | None], list[PointerMove]] = cache(CheckpointStore(database).history)
        self.verdicts: Callable[[str, int], list[Verdict]] = cache(VerdictStore(database).for_run)
        self.lessons: Callable[[str, int], list[TeacherCall]] = cache(
            lambda run, cycle: read_records(self.folder(run).lessons(cycle), TeacherCall)
        )
        self.confirmations: Callable[[str, int], list[TeacherCall]] = cache(
            lambda run, cycle: read_records(self.folder(run).confirmations(cycle), TeacherCall)
        )
        self.requests: Callable[[str, int], list[TeacherRequest]] = cache(
            lambda run, cycle: read_records(self.folder(run).requests(cycle), TeacherRequest)
        )
        self.practice: Callable[[str, int], dict[str, Attempt]] = cache(
            lambda run, cycle: {
                one.problem_id: one for one in read_records(self.folder(run).attempts(cycle, "practice"), Attempt)
            }
        )
        self.row_ids: Callable[[Path], frozenset[str]] = cache(_row_ids)

    def folder(self, run: str) -> RunFolder:
        """Of a run."""
        return RunFolder(self.home, run)

    def cycles(self, run: str) -> list[int]:
        """Cycles of a run that have begun, without cycle 0."""
        return sorted({e["cycle"] for e in self.events(run) if e.get("cycle")})

    def jobs_of(self, run: str) -> list[tuple[int, Job]]:
        """Training jobs of a run and their cycles, those that a fork shares with its parent among them."""
        told = {event["job"]: event["cycle"] for event in of_kind(self.events(run), "job")}
        return [(told[job.id], job) for job in self.jobs() if job.id in told]

    def rows_of(self, job: Job) -> frozenset[str]:
        """Ids of the training rows of a candidate's job; none for other jobs."""
        name = job.spec.payload.get("rows")
        return self.row_ids(self.home / name) if name else frozenset()

    def made_by(self, job: Job) -> str:
        """Id of the checkpoint that a job makes."""
        return str(job.spec.payload.get("checkpoint", "")) if job.spec.kind in ("base", "finetune") else ""

    def evaluations(self, run: str) -> list[Event]:
        """Of a run, in order; of a set that was asked in parts the last, which tells of all."""
        return list({event["attempts_file"]: event for event in of_kind(self.events(run), "evaluation")}.values())

    def decision(self, id: str) -> Decision | None:
        """By its id."""
        return next((one for run in self.runs() for one in self.decisions(run) if one.id == id), None)

    def full_id(self, typed: str) -> str:
        """The whole id of what a beginning, an end or `latest` stands for; unknown ones as they are."""
        return IdStore(self._database).full(typed, *TRACED, or_as_typed=True)

    def _events(self, run: str) -> list[Event]:
        folder = self.folder(run).root
        return read_events(folder) if (folder / "events.jsonl").is_file() else []


def _row_ids(path: Path) -> frozenset[str]:
    return frozenset(row["id"] for row in read_lines(path, mend=RESTORE, key="id")) if path.exists() else frozenset()
