"""What the nodes of the improve graph work with. `reasoner.bootstrap` puts it together."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from agents.events import EventLog
from agents.inheritance import Inheritance
from agents.run_folder import COUNTED, RunFolder, read_tried, write_records
from agents.tracing.thoughts import Listener
from agents.tracing.tracer import Tracer
from agents.withholding import HeldOut
from memory.latent_memory import LatentMemory
from memory.store.checkpoints import CheckpointStore
from memory.store.database import Database
from memory.store.decisions import DecisionStore
from memory.store.examples import ExampleStore
from memory.store.ledger import CallLedger, JudgeLedger
from memory.store.verdicts import VerdictStore
from reasoner.config.settings import Settings
from reasoner.data.held_out import HeldOutQuestions
from reasoner.data.held_out_files import held_out_questions
from reasoner.data.sources import ProblemSource
from reasoner.errors import BudgetReached
from reasoner.evaluation.attempts import Solver, attempt_all
from reasoner.evaluation.reports import summarise
from reasoner.evaluation.retention import retained_questions
from reasoner.storage.json_files import read_number
from reasoner.storage.writing import write_text
from reasoner.types.domain import Domain
from reasoner.types.job import Job, JobSpec
from reasoner.types.loop import Progress
from reasoner.types.ports import Teacher
from reasoner.types.problem import Problem, Split
from reasoner.types.tried import Tried, attempts_of

if TYPE_CHECKING:
    from agents.teachers.judge import LiteLLMJudge
    from reasoner.types.student import Student

TeacherFor = Callable[[CallLedger, Callable[[int, int], None]], Teacher]
RunJob = Callable[[JobSpec, Callable[[float, str], None]], Job]


class Clock:
    """Working time of a run over all its starts, against its limit; kept on disk, so that a kill forgets little."""

    def __init__(self, path: Path, *, limit: float | None) -> None:
        self._path, self._limit = path, limit
        self._before = read_number(path, mend=COUNTED) if path.exists() else 0.0
        self._began = self._saved = time.monotonic()
        self._saving = threading.Lock()

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return self._before + time.monotonic() - self._began

    def is_over(self) -> bool:
        """Whether the run's minutes are used up."""
        if time.monotonic() - self._saved > 1.0:
            self.save()
        return self._limit is not None and self.seconds > 60 * self._limit

    def save(self) -> None:
        """Writes the time down."""
        with self._saving:  # the teacher's threads ask for the time too
            write_text(self._path, f"{self.seconds:.3f}")
            self._saved = time.monotonic()

    def require_time(self) -> None:
        """Raises BudgetReached once the run's minutes are used up."""
        if self.is_over():
            raise BudgetReached(
                f"limits.max_minutes={self._limit:g} reached after {self.seconds / 60:.1f} minutes; all work is saved; "
                "raise the limit and run the same command to go on"
            )


@dataclass(frozen=True)
class Parts:
    """The tools of one run."""

    run: str
    settings: Settings
    cycles: int
    """Cycles asked for in this start."""
    threads: int
    database: Database
    folder: RunFolder
    domain: Domain
    source: ProblemSource
    events: EventLog
    progress: Callable[[Progress], None]
    teacher_for: TeacherFor
    run_job: RunJob
    student_of: Callable[[str], "Student"]
    """Loads the student of a checkpoint id."""
    clock: Clock
    stops: list[str] = field(default_factory=list)
    """Why this start of the run ends after the present cycle; empty while nothing forbids the next."""
    trace: Tracer = field(default_factory=lambda: Tracer(None))
    """Told what the nodes do, in more detail than the events."""
    judge: "LiteLLMJudge | None" = None
    """Who asks the model that judges answers, where one does; `domain` is bound to it."""
    inheritance: Inheritance | None = None
    """Of a fork: what it began with."""

    @property
    def home(self) -> Path:
        """The home's folder."""
        return self.folder.home

    @property
    def checkpoints(self) -> CheckpointStore:
        """The home's checkpoints."""
        return CheckpointStore(self.database)

    @property
    def decisions(self) -> DecisionStore:
        """The home's decisions."""
        return DecisionStore(self.database)

    @property
    def examples(self) -> ExampleStore:
        """The home's examples."""
        return ExampleStore(self.database)

    @property
    def verdicts(self) -> VerdictStore:
        """The home's verdicts."""
        return VerdictStore(self.database)

    @cached_property
    def held_out(self) -> HeldOut:
        """What is reported or will decide in this run: it never teaches."""
        questions = HeldOutQuestions(held_out_questions(self.source, cycles=self.cycles, home=self.home))
        questions.add(retained_questions(self.settings.gate.retention, self.domain))
        return HeldOut(questions)

    def ledger(self, cycle: int) -> CallLedger:
        """The books of this run, open at a cycle."""
        kin = self.inheritance.kin if self.inheritance else ()
        return CallLedger(self.database, self.run, cycle=cycle, kin=kin)

    def judge_ledger(self, cycle: int) -> JudgeLedger:
        """The same of verdicts."""
        kin = self.inheritance.kin if self.inheritance else ()
        return JudgeLedger(self.database, self.run, cycle=cycle, kin=kin)

    def memory(self, space: str) -> LatentMemory:
        """The latent memory in one space."""
        return LatentMemory(self.database, self.home, space)

    def tell(self, cycle: int, node: str, done: int, total: int, note: str = "") -> None:
        """Progress for whoever watches."""
        self.progress(Progress(cycle=cycle, node=node, done=done, total=total, note=note))

    def practised(self, cycle: int) -> list[Tried]:
        """The cycle's practice problems with the champion's attempts, as `evaluate` has kept them."""
        return read_tried(self.folder.attempts(cycle, "practice"), self.source.practice(cycle))

    def attempt(
        self, checkpoint: str, problems: list[Problem], *, cycle: int, node: str, solver: Solver | None = None
    ) -> list[Tried]:
        """A checkpoint's attempts at problems, in the run's mode and within its time; nothing is kept."""

        def on_progress(done: int, total: int) -> None:
            self.clock.require_time()
            self.tell(cycle, node, done, total)

        student, mode = self.student_of(checkpoint), self.settings.student.mode
        return attempt_all(student, self.domain, problems, mode, solver=solver, on_progress=on_progress)

    def evaluate(self, checkpoint: str, problems: list[Problem], *, split: Split, cycle: int, node: str) -> list[Tried]:
        """A checkpoint on a set of problems, kept in the run's folder and written into its events."""
        thoughts = Listener(self.domain) if self.trace.on else None
        solver = thoughts.solve if thoughts else None
        began = time.monotonic()
        tried = self.attempt(checkpoint, problems, cycle=cycle, node=node, solver=solver)
        seconds = time.monotonic() - began
        if thoughts and thoughts.vectors:
            self.trace.keep_latents(split, [problem.id for problem in problems], **thoughts.vectors)
        path = self.folder.attempts(cycle, split)
        write_records(path, attempts_of(tried))
        self.tell_evaluation(checkpoint, tried, path, split=split, cycle=cycle, seconds=seconds)
        return tried

    def tell_evaluation(
        self,
        checkpoint: str,
        tried: list[Tried],
        path: Path,
        *,
        split: Split,
        cycle: int,
        seconds: float,
        of: int | None = None,
    ) -> None:
        """Writes the event `evaluation`.

        Args:
            checkpoint: that was asked.
            tried: all of its attempts.
            path: where they are kept.
            split: of the problems.
            cycle: of the set.
            seconds: at work.
            of: items of the whole set, where these may be its beginning; the event is then of as many as these.
        """
        report = summarise(
            attempts_of(tried),
            checkpoint=checkpoint,
            split=split,
            cycle=cycle,
            mode=self.settings.student.mode,
            attempts_file=self.folder.below_root(path),
            seconds=round(seconds, 3),
        )
        body = report.model_dump(mode="json", exclude={"overall", "cycle"}) | report.overall.model_dump(mode="json")
        key, part = f"{cycle}/{split}/{checkpoint}", {}
        if of is not None:
            key, part = f"{key}/{len(tried)}", {"of": of}
        self.events.write(key, "evaluation", cycle, **body, **part)
